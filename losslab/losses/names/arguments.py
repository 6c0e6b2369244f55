"""Parameters of other libraries that losslab calls otherwise or has elsewhere."""

# Arguments of other libraries that no loss has here, or few have. {name}, {target} and {prediction} are
# filled in.
REDUCTION = "an argument of value() and gradient(): value(y_true, y_pred, reduction='sum')"
LEFT_OUT = "ignore_label= of value() and gradient() for losses of classes and labels"
SMOOTHED = "label_smoothing(epsilon=…) for classes; of two classes a target may be soft: 0.95 for 1"
QUANTILE = "tau, of quantile(tau=…), quantile_huber(tau=…) or expectile(tau=…)"
SCALE = "predict it (gaussian_nll), or divide targets and predictions by it"
WEIGHED = (
    "sample_weight= of value(), or weighted_cross_entropy(class_weights=…) and "
    "weighted_binary_cross_entropy(pos_weight=…, neg_weight=…)"
)
GIVEN = "y_pred, of value(y_true, y_pred); {name} takes {prediction}"
MASKED = "sample_weight= of value(), 0 for what is not to count"
ARGUMENTS = {
    "alpha": "the level of a quantile is " + QUANTILE,
    "apply_class_balancing": WEIGHED,
    "axis": "not needed: a rowwise loss takes one row a sample",
    "class_weight": WEIGHED,
    "clip": "not needed: values at the ends are limits",
    "dim": "not needed: a rowwise loss takes one row a sample",
    "dispersion": "left out of deviances, which it only scales; negative_binomial_dispersion "
    "learns one",
    "dtype": "not needed: float32 stays float32, everything else becomes float64",
    "eps": "not needed: values at the ends are limits",
    "epsilon": "not needed here: nothing is added to keep a logarithm finite",
    "exposure": "part of the model: add its logarithm to that of the mean, or multiply the mean "
    "by it; {name} takes {prediction}",
    "from_logits": "not needed: the loss decides, and {name} takes {prediction}",
    "full": "a constant that does not depend on the prediction is part of a loss or not; the "
    "formula says it",
    "ignore_class": LEFT_OUT,
    "ignore_index": LEFT_OUT,
    "ignore_label": LEFT_OUT,
    "input": "y_pred, of value(y_true, y_pred)",
    "is_unbalance": WEIGHED,
    "label_smoothing": SMOOTHED,
    "labels": "y_true, of value(y_true, y_pred)",
    "log_input": "not needed: the loss decides, and {name} takes {prediction}; for counts, poisson "
    "takes the logarithm of the mean and poisson_deviance_mean the mean",
    "log_predictions": GIVEN,
    "log_target": "not needed: {name} takes {target} as targets",
    "logits": "y_pred, of value(y_true, y_pred)",
    "margin": "1 in every loss of margins; scale the scores instead",
    "mask": MASKED,
    "multioutput": "the terms are value(…, reduction='none')",
    "normalize": REDUCTION,
    "num_class": "not needed: it is the number of columns of y_pred",
    "num_classes": "not needed: it is the number of columns of y_pred",
    "offset": "part of the model: add it to what the model gives before any link; {name} takes "
    "{prediction}",
    "p": "a choice of loss: absolute_error, squared_error or lp(p=…)",
    "pos_label": "labels are 0 and 1",
    "pos_weight": "see weighted_binary_cross_entropy(pos_weight=…)",
    "power": "see tweedie(power=…)",
    "pred_decision": GIVEN,
    "predictions": GIVEN,
    "quantile": QUANTILE,
    "quantile_alpha": QUANTILE,
    "reduce": REDUCTION,
    "reduction": REDUCTION,
    "sample_weight": "an argument of value() and gradient()",
    "scale": SCALE,
    "scale_pos_weight": "see weighted_binary_cross_entropy(pos_weight=…)",
    "scores": GIVEN,
    "sigma": SCALE,
    "size_average": REDUCTION,
    "squared": "a choice of loss: squared_error is the mean of squares, take its root yourself",
    "target": "y_true, of value(y_true, y_pred)",
    "targets": "y_true, of value(y_true, y_pred)",
    "tweedie_variance_power": "see tweedie(power=…)",
    "unbalanced": WEIGHED,
    "var": SCALE,
    "weight": "sample_weight= of value(); of classes weighted_cross_entropy(class_weights=…) or "
    "weighted_binary_cross_entropy(pos_weight=…, neg_weight=…)",
    "where": MASKED,
    "y_pred": "an argument of value() and gradient()",
    "y_prob": GIVEN,
    "y_proba": GIVEN,
    "y_score": GIVEN,
    "y_true": "an argument of value() and gradient()",
}
# What statistics and other libraries call a parameter of one loss: its name here, or words.
DISPERSION = (
    "theta if the variance grows by mean**2 / size (R's size), and 1 / theta if it grows by "
    "dispersion * mean**2"
)
COVERED = "alpha is 1 minus the coverage"
TUNED = dict.fromkeys(("M", "c", "k", "threshold"), "delta")
FREEDOM = dict.fromkeys(("degrees_of_freedom", "df", "dof"), "nu")
LEVELS = dict.fromkeys(
    ("probs", "q", "quantile", "quantile_levels", "quantiles", "tau", "taus"), "levels"
)
BRESLOW = "a choice of loss: cox counts ties as Breslow did, cox_efron as Efron did"
OF_ONE_LOSS = {
    "beta_likelihood": {"precision": "phi"},
    "cox": {"method": BRESLOW, "ties": BRESLOW},
    "cox_efron": {"method": BRESLOW, "ties": BRESLOW},
    "expectile": {"level": "tau", "q": "tau"},
    "huber": {**TUNED, "beta": "delta; smooth_l1(beta=…) is this loss over beta"},
    "interval_score": dict.fromkeys(("confidence_level", "coverage", "level"), COVERED),
    "negative_binomial": {
        **dict.fromkeys(("n", "r", "shape", "size", "total_count"), "theta"),
        **dict.fromkeys(("dispersion", "phi"), DISPERSION),
    },
    "pseudo_huber": TUNED,
    "quantile": dict.fromkeys(("level", "q", "taus"), "tau"),
    "quantile_set": LEVELS,
    "smooth_l1": {"delta": "beta; huber(delta=…) is this loss times delta"},
    "student_t": FREEDOM,
}
