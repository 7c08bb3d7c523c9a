// Softmax, log-softmax and log-sum-exp of rows, and the pointwise sigmoid family. In float within 4 ULP of
// the definition in double for every finite input.
#pragma once

#include <cstddef>

#include "losses/layout.h"

namespace losskit {

/// out_c = e^(x_c) / sum_j e^(x_j), torch.nn.Softmax. out, scores: layout, not overlapping. A score of -inf
/// gets 0; NaN, a row of -inf only or two +inf give NaN.
void softmax(float* out, const float* scores, ClassLayout layout);
void softmax(double* out, const double* scores, ClassLayout layout);

/// out_c = x_c - log(sum_j e^(x_j)), torch.nn.LogSoftmax; exact where the probability is near 1.
void logSoftmax(float* out, const float* scores, ClassLayout layout);
void logSoftmax(double* out, const double* scores, ClassLayout layout);

/// out: [rows]. log(sum_j e^(x_j)); -inf for a row of -inf only, +inf where a score is. torch.logsumexp.
void logSumExp(float* out, const float* scores, ClassLayout layout);
void logSumExp(double* out, const double* scores, ClassLayout layout);

/// 1 / (1 + e^-x), log of it, and log(1 + e^x), of `count` values each. torch.nn.Sigmoid, LogSigmoid,
/// Softplus.
void sigmoid(float* out, const float* x, std::size_t count);
void sigmoid(double* out, const double* x, std::size_t count);
void logSigmoid(float* out, const float* x, std::size_t count);
void logSigmoid(double* out, const double* x, std::size_t count);
void softplus(float* out, const float* x, std::size_t count);
void softplus(double* out, const double* x, std::size_t count);

}  // namespace losskit
