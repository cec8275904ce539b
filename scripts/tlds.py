#!/usr/bin/env python3
"""Makes src/normalize/url/tlds.txt: the top-level domains of the DNS, one a line, sorted.

    npm pack tlds@1.261.0 && tar xzf tlds-1.261.0.tgz
    python3 scripts/tlds.py package/index.json > src/normalize/url/tlds.txt

Source: IANA's list of top-level domains, by the npm package tlds 1.261.0, MIT.
Domains of other scripts are written as the DNS knows them.
"""

import json
import sys
from pathlib import Path

domains = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
ascii_domains = {d if d.isascii() else "xn--" + d.encode("punycode").decode() for d in domains}
print("\n".join(sorted(ascii_domains)))
