"""The region as the benchmark runs it: quotas lifted, until its standard input closes. Prints its address."""

import sys

from helpers.region.serve import steady_collector
from helpers.region.settings import Settings


def main() -> None:
    from helpers.region.region import Region

    region = Region(*sys.argv[1:3], Settings(quotas=False)).start()
    steady_collector()
    print(region.control.url, flush=True)
    sys.stdin.read()
    region.close()


if __name__ == "__main__":
    main()
