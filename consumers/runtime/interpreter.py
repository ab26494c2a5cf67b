"""How a worker's interpreter is set: few collections of garbage, quick hand-overs between threads."""

import gc
import sys

SWITCH_S = 0.0005  # the client's threads and ours hand over often; the default of 5 ms costs a fifth
# A batch makes hundreds of thousands of objects, nearly all of which die by their counts: looking for cycles among
# them finds nothing, and costs a seventh at the default of 700, and a twentieth at 50,000.
YOUNG_OBJECTS = 500_000


def settle() -> None:
    """Call once what lives as long as the process has been made (packs, schemas): it is never looked through again."""
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
