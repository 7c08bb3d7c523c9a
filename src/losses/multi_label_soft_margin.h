// Multi-label one-against-all loss: torch.nn.MultiLabelSoftMarginLoss.
#pragma once

#include <cstddef>

namespace losskit {

/// loss_row = mean over the classes of w_c (t softplus(-x) + (1 - t) softplus(x)), in nats. loss: [rows];
/// logits, target: [rows, classes]; weight: [classes], or null for all 1. gradient: like logits, scaled by
/// gradientScale; or null. T: float or double.
template <class T>
void multiLabelSoftMargin(T* loss, T* gradient, const T* logits, const T* target, std::size_t rows,
                          std::size_t classes, const T* weight, T gradientScale);

}  // namespace losskit
