"""The parameter that nearly every penalty has."""

STRENGTH = {
    "least": 0.0,
    "doc": "what the sum is multiplied by, in units of the loss per unit of the sum",
    "slider": (0.01, 3.0, "log"),
}
