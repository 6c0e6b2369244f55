"""What may be claimed of rules for several tasks."""

from losslab.contract.claims import Claim, declare

declare(
    Claim(
        "non_conflicting",
        "no task's loss grows along the negative direction, to first order",
        "Non-conflicting: a small enough step makes no task worse.",
        "A step may make one task worse for the sake of others.",
        wanted="makes no task worse",
    ),
    Claim(
        "linear_under_scaling",
        "multiplying one task's gradient by a positive number changes the direction linearly",
        "Linear under scaling of one task: a task that is twice as steep counts twice.",
        "Not linear under scaling of one task: how steep a task is changes which task is heard.",
    ),
    Claim(
        "scale_invariant",
        "multiplying one task's loss by a positive number does not change the direction",
        "Blind to one task's unit: multiplying its loss changes nothing.",
        "One task's unit counts: multiplying its loss changes the answer.",
        wanted="blind to units",
    ),
    Claim(
        "in_row_span",
        "the direction is a combination of the tasks' gradients",
        "The direction is a combination of the tasks' gradients.",
        "The direction may leave what the tasks' gradients span.",
    ),
    Claim(
        "permutation_equivariant",
        "the order of the tasks does not matter",
        "The order of the tasks does not matter.",
        "The order of the tasks matters.",
    ),
    Claim(
        "zero_if_stationary",
        "the direction is 0 exactly where no step is good for all tasks (Pareto stationary)",
        "It stops exactly where no direction is good for all tasks.",
        "It may go on where no direction is good for all tasks, or stop before.",
    ),
    Claim(
        "weights_sum_to_one",
        "the weights of the tasks are at least 0 and sum to 1",
        "The weights are shares: at least 0, and 1 in all.",
        "The weights are not shares: their sum may be anything.",
    ),
    Claim(
        "stateful",
        "it remembers something from step to step",
        "It remembers something from step to step, which it hands back.",
        "It remembers nothing: the same losses give the same answer.",
    ),
)
