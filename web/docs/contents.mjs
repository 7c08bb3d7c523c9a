/** The pages in reading order. */
export const contents = [
  { heading: 'Start', files: ['index.md', 'formats.md', 'frameworks.md'] },
  {
    heading: 'Losses',
    files: [
      'losses/choosing.md',
      'losses/cross-entropy.md',
      'losses/nll.md',
      'losses/bce-with-logits.md',
      'losses/bce.md',
      'losses/multi-label-soft-margin.md',
      'losses/sigmoid-focal.md',
      'losses/softmax-focal.md',
      'losses/ghmc.md',
      'losses/ghmr.md',
      'losses/class-weights.md',
      'losses/activations.md',
    ],
  },
  { heading: 'About', files: ['accuracy.md', 'speed.md', 'privacy.md'] },
]
