"""All mutations, in the order of the table."""

from apps import APP_MUTATIONS
from broadcasts import BROADCAST_MUTATIONS
from checkers import CHECKER_MUTATIONS
from healing import HEALING
from protocol import PROTOCOL

MUTATIONS = [*PROTOCOL, *HEALING, *BROADCAST_MUTATIONS, *APP_MUTATIONS, *CHECKER_MUTATIONS]
