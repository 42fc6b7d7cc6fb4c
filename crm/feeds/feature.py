"""What private addresses add to Passerelle."""

from crm.accounts.services import leaving
from crm.core.features import Feature
from crm.feeds.services import withdraw_all_of

FEATURE = Feature(name="feeds")

leaving["feeds"] = withdraw_all_of
