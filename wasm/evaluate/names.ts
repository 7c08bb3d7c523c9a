// What column names say: the words people use for labels and scores.

/** 'True Label', 'true_label' and 'true-label' are one name. */
const plain = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_.-]+/g, '')

// The surest first.
const labelNames = (
  'label labels ytrue target targets truelabel trueclass groundtruth truth gt gold goldlabel actual y class labelid labelids classid ' +
  'classlabel targetlabel targetclass ytest expected reference answer outcome tags tag nertags postags'
).split(' ')

const idNames = new Set('id ids index idx rowid rowindex sampleid uuid key filename file path image imageid imagename'.split(' '))

const sureScoreNames = (
  'logit logits decisionfunction score scores yscore prob proba probs probability probabilities p yprob yproba predprob predproba ypredproba ' +
  'logprob logprobs logprobability logprobabilities softmax'
).split(' ')
/** What is predicted may be something else. */
const predictionNames = 'yhat ypred pred preds prediction predictions predicted output outputs confidence conf'.split(' ')
const singleScoreNames = [...sureScoreNames, ...predictionNames]

/** Words before the class in the name of a score column, those for raw scores first. */
const scorePrefixes = (
  'logits logit log_probabilities log_probability log_probas log_proba log_probs log_prob logp y_scores y_score scores score ' +
  'y_pred_proba y_pred_prob pred_proba pred_prob pred_score y_proba y_prob probabilities probability probas proba probs prob softmax'
).split(' ')
/** Words that stand before other things too: only columns of numbers are taken. */
const weakPrefixes = 'y_hat y_pred predictions prediction predicted preds pred outputs output out confidence conf class p c'.split(' ')

const separator = '[\\s_.-]*'
const prefixPattern = [...scorePrefixes, ...weakPrefixes]
  .sort((a, b) => b.length - a.length)
  .map((prefix) => prefix.replaceAll('_', separator))
  .join('|')
const scorePattern = new RegExp(`^(${prefixPattern})(?:[\\s_.:/\\[(-]+(.+?)[\\])]?|(\\d+))$`, 'i')
/** 'pred_label' names a class, it is no score of a class named 'label'. */
const noClass = /^(labels?|class(es)?|ids?|idx|index|names?)$/i

const predictedClass = /^(y|top1?)?pred(icted|iction|ictions|s)?(label|labels|class|classes|y|id|index|idx|name)?$|^yhat$/
const indexNames = /^(|unnamed: ?\d+)$/i
const targetPattern =
  /^(y|y_?true|t|labels?|soft_?labels?|targets?|soft_?targets?|one_?hot|true|truth|gt|ground_?truth)(?:[\s_.:[(-]+(.+?)[\])]?|(\d+))$/i
const rankedPattern = /^(?:pred(?:icted|iction)?[\s_.-]*)?(?:labels?|class(?:es)?|ids?|idx|index|indices|names?)[\s_.-]*(\d+)$/i
/** Numbers of classes, where they are not those of rows. */
const classNumberNames = new Set('index idx classindex classidx classid classnumber labelindex labelidx labelid categoryid'.split(' '))
const boxName =
  /^(pred(icted)?)?(b|bounding)?box(es)?(x|y|w|h|[xy]?(min|max)|[xy]?\d+|[xy]center|[xy]c|width|height|left|top|right|bottom)?$/
const boxCorners = [
  'x1 y1 x2 y2',
  'x0 y0 x1 y1',
  'xmin ymin xmax ymax',
  'left top right bottom',
  'left top width height',
  'x y w h',
  'x y width height',
  'cx cy w h',
].map((corner) => corner.split(' '))
const weightNames = new Set('sampleweight sampleweights instanceweight rowweight'.split(' '))

export interface ScoreName {
  prefix: string
  className: string
  isWeak: boolean
}

/** How sure the name is for a label column: smaller is surer, undefined is none. */
export function labelRank(name: string): number | undefined {
  const rank = labelNames.indexOf(plain(name))
  return rank < 0 ? undefined : rank
}

export function singleScoreRank(name: string): number | undefined {
  const rank = singleScoreNames.indexOf(plain(name))
  return rank < 0 ? undefined : rank
}

/** Logits or probabilities, by the name. */
export const isSureScoreName = (name: string): boolean => sureScoreNames.includes(plain(name))

/** 'prob_cat' is the score of the class 'cat'. */
export function scoreName(name: string): ScoreName | undefined {
  const match = scorePattern.exec(name.trim())
  if (!match) return undefined
  const className = match[2] ?? match[3]
  if (noClass.test(className)) return undefined
  const prefix = plain(match[1])
  return { prefix, className, isWeak: weakPrefixes.some((weak) => plain(weak) === prefix) }
}

/** Groups of the same size are told apart by it: raw scores first. */
export const prefixRank = (prefix: string): number => [...scorePrefixes, ...weakPrefixes].findIndex((known) => plain(known) === prefix)

export const isPredictedClassName = (name: string): boolean => predictedClass.test(plain(name))
export const isIndexName = (name: string): boolean => indexNames.test(name.trim())
export const isIdName = (name: string): boolean => idNames.has(plain(name)) || /[\s_.-]id$/i.test(name.trim())

/** 'y_cat' may be one of several label columns, each for a class. */
export function targetName(name: string): { prefix: string; className: string } | undefined {
  const match = targetPattern.exec(name.trim())
  return match ? { prefix: plain(match[1]), className: match[2] ?? match[3] } : undefined
}

/** The rank of a class in a list of the best ones: 1 of 'label_1'. */
export const rankedName = (name: string): string | undefined => rankedPattern.exec(name.trim())?.[1]

export const isClassNumberName = (name: string): boolean => classNumberNames.has(plain(name))

/** The names of columns that hold boxes in images, or their corners; none where there are none. */
export function boxColumns(names: readonly string[]): string[] {
  const whole = names.filter((name) => boxName.test(plain(name)))
  if (whole.length > 0) return whole
  const corners = boxCorners.find((corner) => corner.every((part) => names.some((name) => plain(name) === part)))
  return corners ? names.filter((name) => corners.includes(plain(name))) : []
}

export const isWeightName = (name: string): boolean => weightNames.has(plain(name))
