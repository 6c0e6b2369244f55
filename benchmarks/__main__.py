"""Usage: python -m benchmarks [--quick] [--json FILE]"""

import argparse

from benchmarks import accuracy, every, landscape, rows, speed, training

parser = argparse.ArgumentParser(description="losslab beside its peers, in one run")
parser.add_argument("--quick", action="store_true", help="fewer rounds, no 10 million")
parser.add_argument("--json", help="write the median times to this file as well")
arguments = parser.parse_args()
speed.main(arguments.quick, arguments.json)
rows.main(arguments.quick)
every.main(arguments.quick)
landscape.main(arguments.quick)
training.main(arguments.quick)
accuracy.main()
