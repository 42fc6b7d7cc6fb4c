"""What handing over adds to Passerelle."""

from crm.accounts import services as accounts
from crm.core.features import Feature
from crm.handover.services import numbers_held
from crm.handover.views import bp
from crm.records.kinds import registry

FEATURE = Feature(name="handover", blueprints=(bp,))

accounts.holding["handover"] = lambda user_ids: numbers_held(registry.holdings, user_ids)
