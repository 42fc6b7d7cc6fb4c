// Comfort only: each page does all it does without this file.
"use strict";

(() => {
  const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

  // What is done with elements of a kind, also with those that come onto the page later.
  const kinds = [];
  const whenever = (selector, act) => kinds.push([selector, act]);
  const enhance = (root) => kinds.forEach(([selector, act]) => each(selector, act, root));
  const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

  // What went wrong is read first.
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  // A link of the summary leads into the field, also where the field is a group of choices.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a");
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    const field = target.matches("fieldset") ? target.querySelector("input, select, textarea") : target;
    if (!field) return;
    event.preventDefault();
    field.closest(".field")?.scrollIntoView({ block: "start" });
    field.focus();
  });

  // Menus close when one leaves them; Escape gives the focus back.
  document.addEventListener("click", (event) => {
    each("details.menu[open]", (menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // Filters that nobody uses are folded on narrow screens.
  const narrow = window.matchMedia("(max-width: 639.98px)");
  const fold = () => {
    each("details.fold", (part) => {
      part.open = !narrow.matches || "active" in part.dataset;
    });
  };
  fold();
  narrow.addEventListener("change", fold);

  // A form is sent once; the way back through the browser's history makes it usable again.
  whenever("form[data-once]", (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
      form.setAttribute("aria-busy", "true");
    });
  });
  window.addEventListener("pageshow", () => {
    each("form[data-once]", (form) => {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    });
  });

  // A table that is wider than its place can be reached and moved by keyboard.
  const widths = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth + 1) {
        target.tabIndex = 0;
        target.setAttribute("role", "group");
        target.setAttribute("aria-label", target.dataset.label);
      } else {
        target.removeAttribute("tabindex");
        target.removeAttribute("role");
        target.removeAttribute("aria-label");
      }
    }
  });
  whenever(".table-scroll[data-label]", (place) => widths.observe(place));

  // Keys, where the account allows them and nobody is typing.
  const isTyping = (element) => element.closest("input, select, textarea, [contenteditable]");
  const places = { d: "/duties/", o: "/organisations/", t: "/" };
  let isGoing = false;

  // The first action of the row after or before the one that has the focus, or else its first link.
  const rowBeside = (step) => {
    const rows = [...document.querySelectorAll("main tbody tr")].filter((row) => row.querySelector("a, button"));
    const now = rows.findIndex((row) => row.contains(document.activeElement));
    const row = now < 0 ? rows.at(step < 0 ? -1 : 0) : rows[now + step];
    return row && (row.querySelector(".row-actions :is(a, button)") || row.querySelector("a, button"));
  };

  // The next thing on the page that can be renewed, round and round.
  const nextRenewal = () => {
    const links = [...document.querySelectorAll('main a[href*="/renew"]')];
    return links[(links.indexOf(document.activeElement) + 1) % links.length];
  };
  document.addEventListener("keydown", (event) => {
    const box = document.getElementById("site-search");
    if (event.key === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && box) {
      event.preventDefault();
      box.focus();
      box.select();
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      // Where nobody is in a form yet, the form of the page is meant.
      const form =
        event.target.form ||
        document.querySelector("dialog[open] form[data-once]") ||
        document.querySelector("main form[data-once]");
      if (!form || event.target.closest("a")) return;
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (!("shortcuts" in document.body.dataset) || isTyping(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const place = isGoing && places[event.key];
    isGoing = event.key === "g";
    if (place) {
      event.preventDefault();
      document.querySelector(`nav a[href="${place}"]`)?.click();
      return;
    }
    const own = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!own && (event.key === "j" || event.key === "k")) {
      rowBeside(event.key === "j" ? 1 : -1)?.focus();
      return;
    }
    if (event.key === "r") {
      nextRenewal()?.focus();
      return;
    }
    const target =
      event.key === "/"
        ? document.querySelector("#site-search, #list-q")
        : event.key === "["
          ? document.querySelector(".pagination [rel=prev]")
          : event.key === "]"
            ? document.querySelector(".pagination [rel=next]")
            : own;
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) {
      target.focus();
      target.select();
    } else {
      target.control?.focus();
      target.click();
    }
  });

  // Long lists of choices can be narrowed.
  whenever(".choices-many", (list) => {
    const title = list.closest("fieldset").querySelector("legend").firstChild.textContent.trim();
    const box = document.createElement("input");
    box.type = "search";
    box.className = "form-control is-medium narrow";
    box.autocomplete = "off";
    box.setAttribute("aria-label", `${title} – ${list.dataset.narrow}`);
    box.placeholder = list.dataset.narrow;
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    box.addEventListener("input", () => {
      const words = plain(box.value);
      each(
        ".choice",
        (choice) => {
          const isTicked = choice.querySelector("input").checked;
          choice.hidden = !isTicked && !plain(choice.textContent).includes(words);
        },
        list,
      );
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    list.before(box);
  });

  // Whoever ticks the record that was meant need not clear what was typed.
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("input[data-candidate]:checked")) return;
    const field = target.closest(".field").querySelector(".combobox input");
    if (field) field.value = "";
  });

  // The address of a filtered list says what is asked for, and nothing of what is not.
  whenever("form.filters", (form) => {
    form.addEventListener("submit", () => {
      for (const field of form.elements) {
        if (field.name && !field.value) field.disabled = true;
      }
    });
    window.addEventListener("pageshow", () => {
      for (const field of form.elements) field.disabled = false;
    });
  });

  // How many rows are ticked stands in the button; a box in the heading ticks them all.
  whenever("form[data-bulk]", (form) => {
    const boxes = [...document.querySelectorAll(`input[form="${form.getAttribute("id")}"]`)];
    const button = form.querySelector("[data-chosen]");
    const plain = button.textContent;
    const heading = boxes[0]?.closest("table").querySelector("th.choose");
    const all = document.createElement("input");
    all.type = "checkbox";
    all.className = "form-check-input";
    all.setAttribute("aria-label", heading ? heading.textContent.trim() : "");
    const count = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
      button.textContent = !ticked ? plain : ticked === 1 ? button.dataset.one : button.dataset.chosen.replace("#", String(ticked));
    };
    boxes.forEach((box) => box.addEventListener("change", count));
    all.addEventListener("change", () => {
      boxes.forEach((box) => {
        box.checked = all.checked;
      });
      count();
    });
    if (heading) heading.replaceChildren(all);
    count();
  });

  // What is under way is looked at again by itself.
  whenever("[data-again]", () => setTimeout(() => window.location.reload(), 2000));

  // Suggestions while typing: an editable combobox with a list, chosen by hand only.
  whenever(".combobox[data-suggest]", (place, number) => {
    const input = place.querySelector("input");
    const isMany = "multiple" in place.dataset;
    // The search box of every page leads somewhere; other boxes take over what is chosen.
    const isPalette = "palette" in place.dataset;
    const list = document.createElement(isPalette ? "div" : "ul");
    const status = document.createElement("span");
    let options = [];
    let active = -1;
    let asked = 0;
    let timer = 0;
    let isAwaited = false;
    list.id = `${input.id}-suggestions-${number}`;
    list.className = "combobox-list";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", document.querySelector(`label[for="${CSS.escape(input.id)}"]`).firstChild.textContent.trim());
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    place.append(list);
    // Where nobody searches, nothing is there to be announced.
    input.addEventListener("focus", () => place.append(status), { once: true });
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);

    const close = () => {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (index) => {
      active = index;
      const items = [...list.querySelectorAll("[role=option]")];
      items.forEach((item, place_) => item.setAttribute("aria-selected", String(place_ === index)));
      if (index < 0) input.removeAttribute("aria-activedescendant");
      else {
        input.setAttribute("aria-activedescendant", items[index].id);
        items[index].scrollIntoView({ block: "nearest" });
      }
    };
    const before = () => (isMany ? input.value.slice(0, input.value.lastIndexOf(";") + 1) : "");
    const typed = () => input.value.slice(before().length).trim();

    const choicesOf = (field) => {
      let choices = field.querySelector(".record-choices");
      if (!choices) {
        choices = document.createElement("div");
        choices.className = "record-choices";
        choices.setAttribute("role", "group");
        choices.setAttribute("aria-label", list.getAttribute("aria-label"));
        place.before(choices);
      }
      return choices;
    };
    const among = (choices, value) => choices.querySelector(`input[value="${CSS.escape(value)}"]`);
    const tick = (option) => {
      const choices = choicesOf(place.closest(".field"));
      if (!isMany) choices.replaceChildren();
      const value = option.kind ? `new:${option.kind}:${option.name}` : `id:${option.id}`;
      const there = among(choices, value);
      if (there) {
        there.checked = true;
        return;
      }
      const label = document.createElement("label");
      const box = document.createElement("input");
      const words = document.createElement("bdi");
      label.className = "choice";
      box.className = "form-check-input";
      box.type = "checkbox";
      box.name = input.name;
      box.value = value;
      box.checked = true;
      words.textContent = option.value;
      label.append(box, words);
      choices.append(label);
    };
    // Whoever was chosen brings others along: where they work, who else is known there.
    const offer = async () => {
      const choices = choicesOf(place.closest(".field"));
      const address = new URL(place.dataset.offer, document.baseURI);
      each('input[value^="id:"]:checked', (box) => address.searchParams.append(input.name, box.value.slice(3)), choices);
      const page = await parsed(await fetch(address));
      each(`.record-choices input[name="${input.name}"]`, (box) => among(choices, box.value) || choices.append(box.closest(".choice")), page);
      const title = place.closest("dialog")?.querySelector("h2");
      if (title) title.textContent = page.querySelector("h1").textContent;
      (choices.querySelector("[data-candidate]:not(:checked)") || input).focus();
    };
    // A filter sends the id of what was chosen, and the words only where they were typed.
    const isPlain = "plain" in place.dataset;
    const key = input.name;
    const settle = (option) => {
      let kept = place.querySelector("input[type=hidden]");
      if (!kept) {
        kept = document.createElement("input");
        kept.type = "hidden";
        place.append(kept);
      }
      kept.name = key;
      kept.value = option.id;
      input.removeAttribute("name");
      input.value = option.value;
    };
    if (isPlain) {
      input.addEventListener("input", () => {
        input.name = key;
        place.querySelector("input[type=hidden]")?.remove();
      });
    }
    const choose = (index) => {
      const option = options[index];
      if (option.url) {
        window.location.assign(option.url);
        return;
      }
      if (isPlain) settle(option);
      else if (option.id || option.kind) {
        tick(option);
        input.value = before();
        input.dispatchEvent(new Event("change", { bubbles: true }));
        if (option.id && place.dataset.offer) offer().catch(() => {});
      } else {
        input.value = isMany ? `${before()}${before() ? " " : ""}${option.value}; ` : option.value;
      }
      close();
      input.focus();
    };
    // Options of one group stand together under its name.
    const grouped = (items) => {
      const groups = new Map();
      items.forEach((item, index) => {
        const name = options[index].group;
        if (!groups.has(name)) groups.set(name, []);
        groups.get(name).push(item);
      });
      return [...groups].map(([name, members]) => {
        const part = document.createElement("div");
        const heading = document.createElement("span");
        part.setAttribute("role", "group");
        part.setAttribute("aria-label", name);
        heading.textContent = name;
        heading.className = "combobox-group";
        heading.setAttribute("aria-hidden", "true");
        part.append(heading, ...members);
        return part;
      });
    };
    const additions = () => {
      const name = typed();
      const words = place.dataset.adding?.replace("#", () => name);
      return JSON.parse(place.dataset.add || "[]").map(([kind, context]) => ({ kind, name, context, value: words }));
    };
    const show = (found) => {
      options = [...found, ...additions()];
      const items = options.map((option, index) => {
        const item = document.createElement(isPalette ? "div" : "li");
        const words = document.createElement("bdi");
        const context = document.createElement("span");
        item.id = `${list.id}-${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        words.textContent = option.value;
        context.textContent = option.context;
        context.className = "muted small";
        item.append(words, context);
        item.addEventListener("mousedown", (event) => event.preventDefault());
        item.addEventListener("click", () => choose(index));
        return item;
      });
      list.replaceChildren(...(isPalette ? grouped(items) : items));
      active = -1;
      list.hidden = !options.length;
      input.setAttribute("aria-expanded", String(Boolean(options.length)));
      input.removeAttribute("aria-activedescendant");
      status.textContent =
        found.length === 0
          ? place.dataset.none
          : found.length === 1
            ? place.dataset.one
            : place.dataset.many.replace("#", String(found.length));
      // Where Enter takes the first match, it is marked; before one has seen it, only if it is the one.
      if (place.dataset.offer && found.length) mark(0);
      if (isAwaited && found.length === 1) choose(0);
      isAwaited = false;
    };
    const ask = async () => {
      const words = typed();
      const mine = ++asked;
      if (words.length < 2 && !(isPalette && !words)) {
        close();
        return;
      }
      const address = new URL(place.dataset.suggest, document.baseURI);
      address.searchParams.set("q", words);
      try {
        const answer = await fetch(address, { headers: { Accept: "application/json" } });
        const found = answer.ok ? await answer.json() : [];
        if (mine === asked && document.activeElement === input) show(found);
      } catch {
        close();
      }
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 200);
      isAwaited = false;
    });
    if (isPalette) {
      input.addEventListener("focus", () => {
        if (!input.value) ask();
      });
    }
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      const count = options.length;
      if (event.ctrlKey || event.metaKey) return;
      if (event.key === "ArrowDown" && list.hidden) ask();
      else if (event.key === "Enter" && place.dataset.offer && (list.hidden || active < 0)) {
        isAwaited = list.hidden && Boolean(typed());
      } else if (list.hidden) return;
      else if (event.key === "ArrowDown") mark((active + 1) % count);
      else if (event.key === "ArrowUp") mark((active - 1 + count) % count);
      else if (event.key === "Enter" && active >= 0) choose(active);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      if (event.key === "Escape") event.stopPropagation();
    });
  });

  // What is typed into a form is kept in this window at once, and on the server every five seconds.
  const EVERY = 5000;
  const LONGEST_LAST_WORD = 60000; // Browsers send no more than 64 KB from a page that closes.
  whenever("form[data-draft]", (form) => {
    const { draft_of: address, draft_window: mine, csrf_token: token } = form.elements;
    const key = `draft ${form.dataset.owner} ${address.value}`;
    const state = document.createElement("p");
    let isDirty = false;
    let isSaving = false;
    let isSent = false;
    let timer = 0;
    state.className = "draft-state small muted";
    form.querySelector(".submit-row")?.append(state);

    const content = () => {
      const typed = [...new FormData(form)].filter(
        ([name, value]) => typeof value === "string" && form.elements[name].type !== "password",
      );
      const heading = (form.closest("dialog") || document.querySelector("main")).querySelector("h1, h2");
      return new URLSearchParams([...typed, ["draft_title", heading ? heading.textContent.trim() : ""]]);
    };
    const send = (body) => fetch(form.dataset.draft, { method: "POST", body, keepalive: String(body).length < LONGEST_LAST_WORD });
    const wait = () => {
      timer ||= setTimeout(save, EVERY);
    };
    const save = async () => {
      clearTimeout(timer);
      timer = 0;
      if (!isDirty || isSaving || isSent) return;
      isDirty = false;
      isSaving = true;
      try {
        const answer = await send(content());
        if (answer.status !== 204 && answer.status !== 410) throw new Error(answer.statusText);
        if (!isDirty) sessionStorage.removeItem(key);
        state.textContent = form.dataset.saved.replace("#", new Date().toTimeString().slice(0, 5));
        state.removeAttribute("role");
      } catch {
        isDirty = true;
        state.setAttribute("role", "status");
        state.textContent = form.dataset.unsaved;
        if (form.isConnected) wait();
      }
      isSaving = false;
    };
    const keep = () => {
      isDirty = true;
      form.dataset.typed = "";
      try {
        sessionStorage.setItem(key, content());
      } catch {
        // There is no room here: the server has it within five seconds.
      }
      wait();
    };
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    form.addEventListener("focusout", save);
    form.addEventListener("submit", () => {
      isSent = true;
    });
    form.addEventListener("refused", () => {
      isSent = false;
      keep();
    });
    window.addEventListener("pageshow", () => {
      isSent = false;
    });
    window.addEventListener("pagehide", save);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") save();
    });

    // What this window could not send when the form was open before, is sent now and opened.
    const found = sessionStorage.getItem(key);
    if (!found) return;
    const left = new URLSearchParams(found);
    if (left.get("draft_window") === mine.value) {
      keep();
      return;
    }
    left.set("csrf_token", token.value);
    send(left).then((answer) => {
      if (answer.status !== 204 && answer.status !== 410) return;
      sessionStorage.removeItem(key);
      if (answer.status === 410) return;
      if (form.closest("dialog")) openLog(address.value);
      else window.location.assign(address.value);
    });
  });

  // The quick log opens above the page; its form is that of its own page.
  const dialog = document.getElementById("log-dialog");
  const logLink = document.querySelector("a[data-log]");
  let opener = null;
  const body = dialog?.querySelector("[data-body]");
  const failure = dialog?.querySelector("[role=alert]");

  // Ids of the form must differ from those of the page below.
  const rename = (root) => {
    for (const name of ["id", "for", "aria-describedby"]) {
      each(`[${name}]`, (element) => element.setAttribute(name, element.getAttribute(name).replace(/\S+/g, "log-$&")), root);
    }
    each(".error-summary a", (link) => link.setAttribute("href", link.hash.replace("#", "#log-")), root);
  };
  const showLog = (page) => {
    const found = page.getElementById("log");
    if (!found) return false;
    const heading = found.querySelector("h1");
    dialog.querySelector("h2").textContent = heading.textContent;
    heading.remove();
    rename(found);
    failure.textContent = "";
    body.replaceChildren(...found.childNodes);
    enhance(body);
    body.querySelector("[data-focus], [data-candidate]:not(:checked), .combobox input").focus();
    return true;
  };
  const openLog = async (address) => {
    body.replaceChildren();
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("h2").focus();
    try {
      if (!showLog(await parsed(await fetch(address)))) throw new Error(address);
    } catch {
      window.location.assign(address);
    }
  };

  // The page shows what was logged, unless somebody is writing on it.
  const refresh = (page) => {
    const main = document.querySelector("main");
    const fresh = page.querySelector("main");
    if (main.querySelector("form[data-typed]")) {
      each(":scope > .message", (message) => message.remove(), main);
      main.prepend(...fresh.querySelectorAll(":scope > .message"));
    } else {
      main.replaceWith(fresh);
      enhance(fresh);
    }
    const words = document.querySelector("main > .message span");
    if (!words) return;
    const text = words.textContent; // What changes within it is read out.
    words.textContent = "";
    setTimeout(() => {
      words.textContent = text;
    }, 100);
  };
  const sendLog = async (form, address) => {
    const sent = new URLSearchParams(new FormData(form));
    sent.set("next", window.location.pathname + window.location.search);
    const answer = await fetch(address, { method: "POST", body: sent });
    const page = await parsed(answer);
    if (answer.redirected && answer.ok) {
      if (form.matches("[data-log]")) {
        dialog.close();
        if (new URL(answer.url).pathname === window.location.pathname) refresh(page);
        else window.location.assign(answer.url);
      } else showLog(page);
    } else if (answer.status === 400 || answer.status === 401) {
      window.location.assign(form.elements.draft_of.value); // To sign in, or for a fresh form.
    } else if (!answer.ok || !showLog(page)) throw new Error(answer.statusText);
  };
  dialog?.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const form = event.target;
    try {
      await sendLog(form, form.action);
    } catch {
      failure.textContent = dialog.dataset.failed;
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
      form.dispatchEvent(new Event("refused"));
    }
  });
  dialog?.addEventListener("close", () => {
    (opener?.isConnected && opener.checkVisibility() ? opener : logLink).focus();
  });
  dialog?.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close], .cancel")) return;
    event.preventDefault();
    dialog.close();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!dialog || !link || link.pathname !== logLink.pathname || link.closest("#log, dialog")) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (document.getElementById("log")) {
      document.querySelector("#log .combobox input").focus();
      return;
    }
    opener = link;
    // On the page of a record, the one who is talked with or about is meant.
    const here = link === logLink && document.querySelector(`.page-head a[href^="${logLink.pathname}?"]`);
    openLog((here || link).href);
  });

  enhance(document);
})();
