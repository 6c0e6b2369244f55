"""Networks of dense layers, under any loss of losslab."""
