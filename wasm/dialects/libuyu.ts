import type { GhmcLossOptions } from '../losses/ghmcLoss.js'
import type { GhmrLossOptions } from '../losses/ghmrLoss.js'

/** Options of GHM_Detection's GHMC_Loss. */
export interface LibuyuGhmcOptions {
  /** Default 10. */
  bins?: number
  /** Default 0. */
  momentum?: number
  /** Targets with this value do not count; an integer below 0. Default -1. */
  ignoreIndex?: number
}

/** Options of GHM_Detection's GHMR_Loss. */
export interface LibuyuGhmrOptions {
  /** Default 0.02. */
  mu?: number
  /** Default 10. */
  bins?: number
  /** Default 0. */
  momentum?: number
}

/**
 * GHMC_Loss(bins=10, momentum=0, ignore_index=-1) of github.com/libuyu/GHM_Detection, loss/ghm_loss.py, the code of the paper, for `nn.ghmcLoss`: a
 * target of -1 says that an element does not count, where mmdetection has a label_weight of 0; there is no loss_weight. All else is alike.
 */
export function ghmc({ bins = 10, momentum = 0, ignoreIndex = -1 }: LibuyuGhmcOptions = {}): GhmcLossOptions {
  return { bins, momentum, ignoreIndex }
}

/** GHMR_Loss(mu=0.02, bins=10, momentum=0) of the same file, for `nn.ghmrLoss`: its mask is labelWeight; there is no loss_weight. */
export function ghmr({ mu = 0.02, bins = 10, momentum = 0 }: LibuyuGhmrOptions = {}): GhmrLossOptions {
  return { mu, bins, momentum }
}
