// Comfort only: each page does all it does without this file.
"use strict";

(() => {
  const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

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
  each("form[data-once]", (form) => {
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
  each(".table-scroll[data-label]", (place) => widths.observe(place));

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
      const form = event.target.form || document.querySelector("main form[data-once]");
      if (!form || event.target.closest("a")) return;
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (!("shortcuts" in document.body.dataset) || isTyping(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const place = isGoing && places[event.key];
    isGoing = event.key === "g";
    if (place) {
      event.preventDefault();
      document.querySelector(`nav a[href="${place}"]`)?.click();
      return;
    }
    if (event.key === "j" || event.key === "k") {
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
            : document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) {
      target.focus();
      target.select();
    } else {
      target.click();
    }
  });

  // Long lists of choices can be narrowed.
  each(".choices-many", (list) => {
    const title = list.closest("fieldset").querySelector("legend").firstChild.textContent.trim();
    const box = document.createElement("input");
    box.type = "search";
    box.className = "form-control is-medium narrow";
    box.autocomplete = "off";
    box.setAttribute("aria-label", title);
    box.placeholder = "…";
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
  each("input[data-candidate]", (choice) => {
    choice.addEventListener("change", () => {
      const field = choice.closest(".field").querySelector(".combobox input");
      if (choice.checked && field) field.value = "";
    });
  });

  // The address of a filtered list says what is asked for, and nothing of what is not.
  each("form.filters", (form) => {
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
  each("form[data-bulk]", (form) => {
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
  each("[data-again]", () => setTimeout(() => window.location.reload(), 2000));

  // Suggestions while typing: an editable combobox with a list, chosen by hand only.
  each(".combobox[data-suggest]", (place, number) => {
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

    const tick = (option) => {
      const field = place.closest(".field");
      let choices = field.querySelector(".record-choices");
      if (!choices) {
        choices = document.createElement("div");
        choices.className = "record-choices";
        choices.setAttribute("role", "group");
        choices.setAttribute("aria-label", list.getAttribute("aria-label"));
        place.before(choices);
      }
      if (!isMany) choices.replaceChildren();
      const value = `id:${option.id}`;
      const there = choices.querySelector(`input[value="${value}"]`);
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
      else if (option.id) {
        tick(option);
        input.value = before();
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
    const show = (found) => {
      options = found;
      const items = found.map((option, index) => {
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
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(Boolean(found.length)));
      input.removeAttribute("aria-activedescendant");
      status.textContent =
        found.length === 0
          ? place.dataset.none
          : found.length === 1
            ? place.dataset.one
            : place.dataset.many.replace("#", String(found.length));
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
    });
    if (isPalette) {
      input.addEventListener("focus", () => {
        if (!input.value) ask();
      });
    }
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      const count = options.length;
      if (event.key === "ArrowDown" && list.hidden) ask();
      else if (list.hidden) return;
      else if (event.key === "ArrowDown") mark((active + 1) % count);
      else if (event.key === "ArrowUp") mark((active - 1 + count) % count);
      else if (event.key === "Enter" && active >= 0) choose(active);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      if (event.key === "Escape") event.stopPropagation();
    });
  });
})();
