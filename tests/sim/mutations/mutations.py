"""All mutations, in the order of the table."""

from apps import APP_MUTATIONS
from broadcasts import BROADCAST_MUTATIONS
from checkers import CHECKER_MUTATIONS
from healing import HEALING
from parts import DETECTION_PARTS
from payloads import PAYLOAD_MUTATIONS
from protocol import PROTOCOL
from rows_benches import ROWS_OF_BENCHES
from rows_bytes import ROWS_OF_BYTES
from rows_protocol import ROWS_OF_THE_PROTOCOL
from rows_running import ROWS_OF_WHAT_RUNS
from rows_runtime import ROWS_OF_THE_RUNTIME
from rows_server import ROWS_OF_THE_SERVER
from rows_values import ROWS_OF_VALUES
from takers import TAKER_MUTATIONS

MUTATIONS = [*PROTOCOL, *DETECTION_PARTS, *HEALING, *BROADCAST_MUTATIONS, *PAYLOAD_MUTATIONS, *APP_MUTATIONS, *CHECKER_MUTATIONS,
             *ROWS_OF_BYTES, *ROWS_OF_VALUES, *ROWS_OF_THE_PROTOCOL, *ROWS_OF_THE_RUNTIME, *ROWS_OF_WHAT_RUNS,
             *ROWS_OF_THE_SERVER, *ROWS_OF_BENCHES, *TAKER_MUTATIONS]
