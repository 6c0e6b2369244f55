"""What losslab does not ship, and why: the book lists it, and `losslab.get` says it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Missing:
    """A loss, or a kind of loss, that is not shipped.

    `subject` is its place in the book, empty if it is no matter of targets and predictions at all
    and only `losslab.get` speaks of it. `reason` is Markdown of the book; {loss}`name` is a loss
    that is shipped. `names` are those in other libraries, of which small and capital letters are
    the same; `reference` is a key of references.bib.
    """

    subject: str
    name: str
    reason: str
    names: tuple = ()
    reference: str = ""

    def plain(self):
        """Name and reason without the marks of Markdown."""
        return self.name + ": " + re.sub("{loss}`(.+?)`", r"\1", self.reason)


MISSING = (
    Missing(
        "Regression",
        "Root mean squared error, as a training objective",
        "The square root of a mean over samples is not a mean of terms, so mini-batches average "
        "to something else. It has the minimum of {loss}`squared_error`; report its root.",
        names=tuple("RMSE rmse RootMeanSquaredError root_mean_squared_error".split()),
    ),
    Missing(
        "Regression",
        "Mean bias error",
        "The mean of signed residuals has no minimum: ever lower predictions make it ever "
        "better. It describes a fit and cannot train one.",
        names=tuple("MBE mean_bias_error".split()),
    ),
    Missing(
        "Regression",
        "Least trimmed squares",
        "It sorts the residuals of the whole data set and keeps the smallest; what one sample "
        "costs depends on all others. {loss}`truncated_quadratic` is its nearest relative with "
        "one term a sample.",
        names=tuple("LTS lts LeastTrimmedSquares".split()),
        reference="rousseeuw1984",
    ),
    Missing(
        "Regression",
        "Rank dispersion",
        "It weights residuals by their ranks, again a function of the whole data set. "
        "{loss}`huber` and {loss}`log_cosh` reach a similar efficiency with one term a sample.",
        names=tuple("rank_dispersion JaeckelLoss".split()),
        reference="jaeckel1972",
    ),
    Missing(
        "",
        "R² and explained variance",
        "They compare a fit with another or look at one sample of all: measures of a fit, no "
        "means of terms. R² is 1 minus a ratio of two values of {loss}`squared_error`.",
        names=tuple(
            "r2 R2 r2_score R2Score explained_variance_score max_error median_absolute_error".split()
        ),
    ),
    Missing(
        "",
        "Overlap of boxes",
        "They compare rectangles by the area of their intersection, a matter of geometry rather "
        "than of one number or row. {loss}`smooth_l1` and {loss}`balanced_l1` are what their "
        "coordinates are fitted with.",
        names=tuple(
            "GIoULoss generalized_box_iou_loss DIoULoss CIoULoss complete_box_iou_loss "
            "distance_box_iou_loss box_iou complete_box_iou generalized_box_iou distance_box_iou".split()
        ),
    ),
    Missing(
        "",
        "Similarity of images",
        "They compare windows of images, or the inner layers of another network.",
        names=tuple("SSIM SSIMLoss MS_SSIM LPIPS PerceptualLoss TotalVariationLoss".split()),
    ),
    Missing(
        "Classification",
        "Adaptive softmax",
        "A layer of a network with its own weights and a tree of frequent and rare classes, "
        "made for speed. The loss inside it is the cross-entropy.",
        names=tuple("AdaptiveLogSoftmaxWithLoss adaptive_softmax".split()),
    ),
    Missing(
        "Classification",
        "Sampled softmax and noise-contrastive estimation",
        "They need a sampler of negative classes and its probabilities. The terms are "
        "cross-entropies of corrected logits, which can be computed with what is shipped.",
        names=tuple(
            "sampled_softmax_loss nce_loss NCELoss noise_contrastive_estimation "
            "negative_sampling SGNS".split()
        ),
    ),
    Missing(
        "Classification",
        "Connectionist temporal classification",
        "A sum over alignments of two sequences of different length, computed by dynamic "
        "programming; it does not fit one row of predictions for one target.",
        names=tuple(
            "CTCLoss CTC ctc ctc_loss ctc_loss_with_forward_probs RNNTLoss rnnt_loss".split()
        ),
    ),
    Missing(
        "Classification",
        "Fenchel–Young losses of an arbitrary regulariser",
        "A construction kit, not a loss: each choice needs a maximisation of its own. Members "
        "with a short formula are shipped under their own names: {loss}`sparsemax_loss`, "
        "{loss}`entmax_loss`.",
        names=tuple("FenchelYoungLoss make_fenchel_young_loss fenchel_young".split()),
    ),
    Missing(
        "Classification",
        "One-class support vectors and support vector data description",
        "There are no targets; the offset or the centre is learned with the model. The term of "
        "each sample is a hinge.",
        names=tuple("OneClassSVM SGDOneClassSVM SVDD DeepSVDD".split()),
    ),
    Missing(
        "Classification",
        "Equalisation loss",
        "It masks rare classes at random, so it is no function of a row. {loss}`seesaw` is.",
        names=tuple("EqualizationLoss EQLLoss EqualisationLoss eql".split()),
    ),
    Missing(
        "Classification",
        "Dice, Tversky and Jaccard losses of masks",
        "Each is a ratio of sums over a whole image, so it has no terms to average and says "
        "nothing of one pixel. With one term a pixel, {loss}`focal` and "
        "{loss}`weighted_binary_cross_entropy` meet the same imbalance.",
        names=tuple(
            "DiceLoss Dice dice_loss SoftDiceLoss GeneralizedDiceLoss DiceCELoss TverskyLoss "
            "Tversky FocalTverskyLoss JaccardLoss IoULoss soft_dice LovaszLoss lovasz_softmax "
            "lovasz_hinge binary_dice_loss multiclass_dice_loss multiclass_generalized_dice_loss "
            "jaccard_score MeanIoU BinaryIoU OneHotIoU".split()
        ),
    ),
    Missing(
        "Classification",
        "Angular margins (ArcFace, CosFace, SphereFace)",
        "They are the last layer of a network: they own a direction for each class and "
        "normalise it and the embedding. The loss behind the layer is "
        "{loss}`softmax_cross_entropy`; {loss}`ldam` puts a margin into logits.",
        names=tuple(
            "ArcFace ArcFaceLoss CosFace CosFaceLoss SphereFaceLoss AngularMargin AMSoftmax "
            "LargeMarginSoftmaxLoss".split()
        ),
    ),
    Missing(
        "Classification",
        "Contrastive losses (InfoNCE, NT-Xent, supervised contrastive, triplets)",
        "They compare embeddings with each other; there is no target beside a prediction. "
        "InfoNCE is {loss}`softmax_cross_entropy` of a row of similarities, with the partner as "
        "its class; a distance of two rows is {loss}`cosine_distance`.",
        names=tuple(
            "InfoNCE InfoNCELoss NTXentLoss nt_xent ntxent SupConLoss ContrastiveLoss "
            "contrastive_loss TripletMarginLoss TripletMarginWithDistanceLoss triplet_loss "
            "triplet_margin_loss triplet_semihard_loss MultiSimilarityLoss SimCLRLoss CLIPLoss "
            "HingeEmbeddingLoss hinge_embedding_loss CircleLoss SigLIPLoss triplet_hard_loss "
            "BarlowTwinsLoss NPairLoss npairs_loss".split()
        ),
    ),
    Missing(
        "Classification",
        "Ranking losses of pairs and lists",
        "They compare samples of one query with each other. For two scores, {loss}`hinge` (with "
        "a margin of 1) and {loss}`binary_cross_entropy` take their difference as the score.",
        names=tuple(
            "MarginRankingLoss margin_ranking_loss RankNet LambdaRank lambdarank rank_xendcg "
            "rank:pairwise rank:ndcg rank:map ListNet ranking_softmax_loss YetiRank PairLogit "
            "ndcg_score ApproxNDCG NDCG dcg_score DCG ranking pairwise listwise learning_to_rank "
            "LambdaMART QueryRMSE QuerySoftMax StochasticRank ListMLE".split()
        ),
    ),
    Missing(
        "",
        "Accuracy, area under the curve, F scores",
        "They judge decisions or ranks of a whole sample and cannot train a model. 1 minus the "
        "accuracy is {loss}`zero_one`.",
        names=tuple(
            "accuracy Accuracy accuracy_score AUC auc roc_auc_score f1_score F1 "
            "average_precision_score precision_score recall_score BinaryAccuracy "
            "CategoricalAccuracy balanced_accuracy_score top_k_accuracy_score fbeta_score "
            "matthews_corrcoef cohen_kappa_score".split()
        ),
    ),
    Missing(
        "",
        "Wrong labels and wrongly ordered pairs of labels",
        "They count, so their gradient is 0 or does not exist; they judge a model and do not train "
        "it. {loss}`multilabel_margin` orders the labels of a row, and {loss}`zero_one` of all "
        "labels in one column is the Hamming loss.",
        names=tuple(
            "hamming_loss label_ranking_loss coverage_error LRAP "
            "label_ranking_average_precision_score".split()
        ),
    ),
    Missing(
        "",
        "Perplexity",
        "It is e to the power of a mean of {loss}`softmax_cross_entropy`, and no mean itself, so "
        "mini-batches average to something else. Take the power of that mean.",
        names=("perplexity",),
    ),
    Missing(
        "",
        "Measures of clusterings",
        "They compare partitions of a whole sample, without a prediction to improve.",
        names=tuple(
            "adjusted_rand_score rand_score silhouette_score davies_bouldin_score v_measure_score "
            "adjusted_mutual_info_score mutual_info_score normalized_mutual_info_score "
            "calinski_harabasz_score completeness_score homogeneity_score fowlkes_mallows_score "
            "consensus_score".split()
        ),
    ),
    Missing(
        "Probabilistic",
        "Stein's unbiased risk estimate",
        "It needs the divergence of the model with respect to its input, which a function of "
        "targets and predictions does not see.",
        names=tuple("SURE sure_loss".split()),
    ),
    Missing(
        "Probabilistic",
        "Maximum mean discrepancy, soft dynamic time warping",
        "They compare whole samples or sequences of any length, not rows.",
        names=tuple("MMD mmd_loss MMDLoss SoftDTW soft_dtw DTW".split()),
    ),
    Missing(
        "Probabilistic",
        "The ranking term of DeepHit",
        "It compares pairs of patients and spoils the probabilities; {loss}`deephit_likelihood` "
        "is the rest.",
        names=tuple("rank_loss_deephit DeepHitRankingLoss deephit_rank_loss".split()),
    ),
    Missing(
        "Probabilistic",
        "Sinkhorn divergence",
        "Its value is the result of an iteration with its own tolerance, over two whole samples.",
        names=tuple("SinkhornDistance sinkhorn SamplesLoss sinkhorn_divergence".split()),
    ),
    Missing(
        "Probabilistic",
        "Sliced Wasserstein distance",
        "It draws random directions, so that two calls differ; and it compares whole samples.",
        names=tuple("sliced_wasserstein SlicedWassersteinLoss".split()),
    ),
    Missing(
        "Probabilistic",
        "Objectives of whole generative and energy-based models (evidence bound, adversarial, score and flow matching, diffusion, contrastive divergence, structured margins)",
        "They belong to a model and its sampler. The terms inside are losses of this catalogue: "
        "squared error, cross-entropy, hinge.",
        names=tuple(
            "ELBO elbo VAELoss GANLoss gan_loss WGANLoss HingeGANLoss DiffusionLoss "
            "denoising_score_matching FlowMatchingLoss contrastive_divergence LSGAN "
            "adversarial_loss".split()
        ),
    ),
    Missing(
        "",
        "Objectives of reinforcement learning and preferences",
        "They weigh log-probabilities of actions by rewards or by a second model; there are no "
        "targets.",
        names=tuple(
            "PPO ppo_loss PPOLoss DPO dpo_loss DPOLoss policy_gradient_loss ReinforceLoss "
            "GRPOLoss KTOLoss".split()
        ),
    ),
)
