"""losslab beside its peers."""

import os

# Threads of OpenMP (torch, scikit-learn) otherwise go on spinning after a call and take a
# processor from whoever is measured next, which may be losslab.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
