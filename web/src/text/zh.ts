import type { ColumnRole, Message, Report, ScoreKind, Task } from 'losskit/evaluate'
import { integer, percent, significant } from '../format/number'
import type { Text } from './text'
import { dialects, messages } from './zhMessages'

const tasks: Record<Task, string> = {
  binary: '二分类',
  multiClass: '多分类',
  multiLabel: '多标签',
  tokenClassification: '词元分类',
}
const scoreKinds: Record<ScoreKind, string> = { logits: 'logits（未归一化的分数）', probabilities: '概率', logProbabilities: '对数概率' }
const roles: Record<ColumnRole['role'] | 'target', string> = {
  id: '编号',
  label: '标签',
  target: '多标签',
  score: '分数',
  weight: '权重',
  unused: '不用',
}

const rows = (count: number) => `${integer(count)} 行`

const lossTitles: Record<string, string> = {
  crossEntropy: '交叉熵',
  crossEntropyBalanced: '类别加权交叉熵',
  crossEntropySmoothed: '标签平滑交叉熵',
  crossEntropyEffective: '有效样本数加权交叉熵',
  crossEntropyComplement: '他类占比加权交叉熵',
  crossEntropyWeighted: '自定义加权交叉熵',
  softmaxFocal: 'Focal 损失',
  sigmoidFocal: 'Focal 损失',
  bce: '二元交叉熵',
  bceWithLogits: '二元交叉熵（logits）',
  nll: '负对数似然',
  ghmc: 'GHM-C 损失',
  multiLabelSoftMargin: '多标签软间隔损失',
}

/** Losses of one kind have keys that begin alike: 'softmaxFocal', 'softmaxFocal0.5'. */
function titleOf(key: string, title: string): string {
  const known = Object.keys(lossTitles).filter((begin) => key.startsWith(begin))
  const longest = known.sort((a, b) => b.length - a.length)[0]
  return (longest && lossTitles[longest]) ?? title
}

/** Words of the file stay as they are; what there is no Chinese for stays English. */
const said = ({ code, values }: Message): string =>
  (messages[code] ?? code).replace(/\{(\d+)\}/g, (_, place: string) => {
    const value = values[Number(place)]
    return typeof value === 'object' ? said(value) : String(value ?? '')
  })

const classesOrLabels: Record<Task, string> = { binary: '类别', multiClass: '类别', multiLabel: '标签', tokenClassification: '类别' }

export const zh: Text = {
  name: 'Losskit',
  documentation: '文档（英文）',
  skip: '跳到正文',
  title: (file) => (file ? `${file} · Losskit` : 'Losskit：由预测文件精确计算损失'),
  tasks,
  scoreKinds,
  roles,
  rows,
  lossTitle: titleOf,
  said,
  dialect: (words) => dialects.reduce((told, [english, chinese]) => told.replaceAll(english, chinese), words),

  update: {
    notice: '本页有新版本。更新会关闭这里打开的内容；你的文件不受影响。',
    take: '现在更新',
  },

  runs: {
    heading: '各次运行',
    compare: '比较',
    add: '与另一次运行比较',
    remove: (name) => `关闭 ${name}`,
  },

  opening: {
    heading: '你的模型损失究竟是多少？',
    sentence: '放入一个含标签和分数的文件：交叉熵、BCE、focal 损失与 GHM-C，既有总体，也有各类别。',
    promise: '你的文件不会被发送到任何地方：它只在这个标签页里读取。',
    check: '如何验证',
    proof: [
      '本页的内容安全策略（CSP）让浏览器拒绝一切到其他地址的连接，而本页也没有把文件发给自己服务器的代码。当前生效的策略：',
      '打开浏览器的开发者工具，选择“网络”面板，再放入一个文件：没有任何数据发出。也可以断开网络：页面自身的程序保存在浏览器缓存中，离线也能用。你的文件不会被保存。',
    ],
    drop: '放入预测文件',
    anywhere: '页面任何位置都可以',
    format: 'CSV、JSON、NumPy、Parquet、Arrow、safetensors、.pt：每行一个预测，含标签和分数。放入多个文件则进行比较。',
    choose: '选择文件',
    paste: '或粘贴文本',
    pasted: '预测文件的文本',
    readPasted: '读取',
    pastedName: 'pasted.csv',
    orSample: '真实模型的样例',
    another: '打开其他文件',
    letGo: '松手即读取文件',
    curves: '一行的损失随其真实类别概率 p 的变化：交叉熵，以及 γ 为 0.5、1、2、5 的 focal 损失；γ 越大、p 越高，focal 损失越低。',
    curveNames: [
      ['entropy', '交叉熵'],
      ['chosen', 'focal 损失，γ = 2'],
      ['other', 'γ = 0.5、1、5'],
    ],
    probability: '真实类别的概率',
    loss: '损失',
  },

  samples: {
    about: {
      'digits_logits.csv': '手写数字，10 类，899 行 logits',
      'cancer_scores.csv': '乳腺肿瘤，良性或恶性，285 行，每行一个分数',
      'digits_attributes.npz': '手写数字的三个属性，可同时成立，899 行 logits',
      'punctuation_tokens.npz': '词后的标点：无、逗号、句号或冒号；8,016 个词元，−100 表示不计',
    },
    failed: (reason) => `无法从本站取得样例（${reason}）。请检查网络后重试。`,
  },

  guide: {
    heading: '什么任务用什么损失',
    columns: ['任务', '最后一层', '损失', '类别不平衡时', '你的文件'],
    noFile: '尚不能从文件读取',
    rows: [
      {
        task: '二分类',
        when: '是或否：每行一个分数，标签为 0 或 1。',
        activation: 'sigmoid',
        loss: '带 logits 的 BCE',
        balance: 'Sigmoid focal 损失、GHM-C',
        file: 'y_true,score\n0,-4.31\n1,2.07',
      },
      {
        task: '多分类',
        when: 'C 个类别中恰有一个：每行 C 个分数，标签是其中一类。',
        activation: 'softmax',
        loss: '交叉熵',
        balance: '类别加权交叉熵、softmax focal 损失',
        file: 'label,p_cat,p_dog,p_fox\ndog,0.05,0.92,0.03\ncat,0.81,0.12,0.07',
      },
      {
        task: '多标签',
        when: '可同时有任意个标签：每个标签都是单独的是非题。',
        activation: '每个标签一个 sigmoid',
        loss: '带 logits 的 BCE，或 MultiLabelSoftMargin',
        balance: 'Sigmoid focal 损失、GHM-C',
        file: 'y_cat,y_dog,p_cat,p_dog\n1,0,0.91,0.20\n1,1,0.64,0.88',
      },
    ],
  },

  working: {
    heading: (file) => `正在读取 ${file}`,
    amount: (done, total, count) => `${done} / ${total}，${rows(count)}`,
    rate: (rate, left) => `每秒 ${rate}，还需 ${left}`,
    cancel: '取消',
    waiting: '读完后再按你的选择处理。',
  },

  announce: {
    reading: (file) => `正在读取 ${file}`,
    progress: (share) => `已读 ${share}%`,
    done: (report: Report) => {
      const [first] = report.losses
      const loss = first ? `${titleOf(first.key, first.title)} ${significant(first.mean, 4)}。` : ''
      return `完成：${rows(report.rows)}。${loss}准确率 ${percent(report.accuracy)}。`
    },
    cancelled: (file) => `已停止读取 ${file}。其他内容不变。`,
    waiting: (file) => `读完 ${file} 后再按你的选择处理。`,
    sorted: (column, direction) => `按“${column}”${direction}排列`,
  },

  problem: {
    heading: (file) => `无法计算 ${file}`,
    file: '文件',
    row: '行',
    line: '文本行',
    column: '列',
    excerpt: '文件中的内容',
    mendCell: '请改正这个单元格，或去掉这一行，然后重新打开文件。',
    mendReading: '如果文件没有错，请在这里说明它的内容；如果有错，请改正后重新打开。',
    kept: '之前显示的结果仍在下方。',
    restarted: '这是程序的错误。读取程序已重新启动；页面和已显示的内容不受影响。',
    restartedReader: '读取程序已重新启动；页面和已显示的内容不受影响。',
    unknown: '读取程序停止了，没有说明原因：可能是文件需要的内存超过浏览器允许的上限，或无法从本站取得读取程序。',
    unreadable: '浏览器无法读取它：选择之后它被移动或更改了，或者它是一个文件夹。请重新选择。',
    memory: '浏览器的内存不够。请关闭其他标签页，或使用命令行，它能读取任意大小的文件：npx losskit <文件>。',
    readScores: (kind) => `把得分当作${kind}`,
    readWith: (words) => `按 ${words} 读取`,
    list: {
      caption: (file) => `${file} 中的错误`,
      count: (count, isMore) => `它有${isMore ? '超过 ' : ' '}${count} 处错误。`,
      fault: '错误',
      remedy: '如何改正',
      more: '这些行之后还有其他错误，改正后会继续显示。',
    },
    count: (count) => `${count} 个问题`,
    tooMany: (count, most) => `给出了 ${count} 次运行，一次最多比较 ${most} 次。`,
    leaveOut: '略去有缺失值的行',
    again: '换一种方式读取',
    tryAgain: '重试',
    dismiss: '关闭',
  },

  result: {
    read: (size, time) => `${size}，用时 ${time}`,
    spread: {
      binary: '各行给予真实类别的概率，低于一半为浅红色；对数高度',
      multiClass: '各行给予真实类别的概率，低于一半为浅红色；对数高度',
      multiLabel: '各行各标签给予真实值的概率，低于一半为浅红色；对数高度',
      tokenClassification: '各词元给予真实类别的概率，低于一半为浅红色；对数高度',
    },
    labelsFrom: (file) => `标签来自 ${file}`,
    accuracy: '准确率',
    rows: '行数',
    ignored: (count) => `另有 ${integer(count)} 个被忽略`,
    classes: '类别数',
    labels: '标签数',
    uniform: (classes) => `均匀猜测：${significant(Math.log(classes), 4)}`,
    nats: '平均值，单位 nat',
    tokens: '词元数',
    contents: '结果的各部分',
    partial: '初步结果，仍在读取',
    failed: '无法从本站取得页面的这一部分。请检查网络后重新加载。',
    nothing: '没有行计入',
    nothingBecause: (ignored, label) => (ignored > 0 ? `全部 ${rows(ignored)} 的标签都是被忽略的标签 ${label}。` : ''),
    nothingRemedy: '请在下面改用别的忽略标签，或在“文件是如何读取的”处改选标签列。',
    leftOut: (count) => `按要求略去 ${rows(count)}`,
    leftOutBecause: (reason, count, first) =>
      `${rows(count)}：${reason}（第 ${first.map(integer).join('、')} 行${count > first.length ? '等' : ''}）`,
  },

  losses: {
    heading: '损失',
    about: '对所有行，单位 nat，与 PyTorch 的 reduction="mean" 和 "sum" 一致。',
    columns: ['损失', '公式', '平均值'],
    following: '正在更新：颜色较淡的损失、图、各类别和各行仍是之前的结果，稍后更新。',
    legend: {
      binary:
        'p 是分数的 σ，t 是标签（0 或 1），pₜ 是给予该标签的概率；αₜ 对标签 1 为 α，对标签 0 为 1 − α。N 行中有 n 行与本行在同一梯度区间；B 个区间非空。',
      multiClass: 'p 是分数的 softmax，y 是真实类别，C 是类别数。N 行中有 n 行属于某一类。',
      multiLabel:
        'p 是分数的 σ，t 是标签（0 或 1），pₜ 是给予该标签的概率；αₜ 对标签 1 为 α，对标签 0 为 1 − α。N 个“行与标签”对中有 n 个在同一梯度区间；B 个区间非空。',
      tokenClassification: 'p 是一个词元分数的 softmax，y 是其真实类别，C 是类别数。N 个计入的词元中有 n 个属于某一类。',
    },
    parameters: '参数',
    names: {
      gamma: 'γ，聚焦程度',
      alpha: 'α，正例权重',
      bins: 'GHM-C 区间数',
      labelSmoothing: 'ε，标签平滑',
      classWeight: '类别权重',
      temperature: '温度',
      ignoreIndex: '忽略的标签',
      eps: '最小概率',
      momentum: 'GHM-C 的动量',
    },
    reduction: '归约',
    reductions: { mean: '平均', sum: '总和' },
    withAlpha: '使用 α',
    gammas: '更多 γ，各占一行',
    numberWanted: ({ min, max, step }) =>
      step < 1 ? `请输入 ${min} 到 ${max} 之间的数` : `请输入 ${integer(min)} 到 ${integer(max)} 之间的整数`,
    gammasWanted: '请输入不小于 0 的数，用逗号分隔',
    renormalise: '把每行缩放到和为 1',
    slider: (name) => `${name}，滑块`,
    reset: '恢复默认值',
    common: '适用于所有损失',
    schemes: {
      balanced: '平衡：N / (C · n)',
      effective: '有效样本数',
      complement: '其他类别所占比例',
      own: '自定义…',
    },
    weights: (count) => `${integer(count)} 个权重，按类别顺序`,
    weightsWanted: (count) => `需要 ${integer(count)} 个不小于 0 的数，以逗号分隔`,
    symbols: { temperature: 'T', gamma: 'γ', alpha: 'α', bins: '区间数', labelSmoothing: 'ε', weight: '权重', momentum: '动量' },
  },

  lossUse: {
    crossEntropy: '单选类别的标准损失：模型对真实类别有多意外。',
    balanced: '无论多稀少，每个类别同样重要。适用于稀少类别与常见类别同等重要的情形。',
    smoothed: '把目标的一部分分给所有类别。适用于标签可能有错，或模型过于自信的情形。',
    softmaxFocal: '模型已答对的行权重降低。适用于容易的行淹没困难的行的情形。',
    bce: '是非题的标准损失，每行单独计算。',
    sigmoidFocal: '降低容易行权重的 BCE。适用于正例极少而容易的负例极多的情形，例如检测。',
    ghmc: '与某行梯度相近的行越多，该行权重越低。既压低大量容易的行，也压低离群点。',
    multiLabel: '每个标签的 BCE，先对一行的标签平均，再对各行平均。',
  },

  classes: {
    heading: classesOrLabels,
    about: '每一类作为标签出现多少次，其中多少被识别，代价是多少。',
    caption: '每行一个类别。点击列头可排序。',
    name: '类别',
    count: '行数',
    share: '占比',
    recall: '召回率',
    precision: '精确率',
    ascending: '升序',
    descending: '降序',
  },

  pictures: { heading: '图' },

  gradientNorm: {
    heading: '梯度范数',
    about: '每一行对模型的拉力有多大：又对又有把握时为 0，又错又有把握时为 1。单个分数时 g = ⁠|⁠σ(x) − t|，多个类别时 g = 1 − 真实类别的 p。',
    counted: { binary: '行', multiClass: '行', multiLabel: '个“行与标签”对', tokenClassification: '个词元' },
    axis: '梯度范数 g',
    scale: '刻度',
    linear: '线性',
    log: '对数',
    cursor: '梯度范数区间。用方向键移动。',
    bin: (from, to, last) => `${from} ≤ g ${last ? '≤' : '<'} ${to}`,
    reading: (bin, count, loss) => `${bin}：${count}，平均损失 ${loss}`,
    columns: { from: '从', to: '到', count: '数量', meanLoss: '平均损失', density: '密度', weight: 'GHM-C 权重' },
  },

  ghm: {
    heading: '梯度密度与 GHM 权重',
    about:
      'GHM-C 除以区间的拥挤程度：彼此相似的行越多，每行的权重越低，无论是容易的行还是离群点。密度是单位 g 内的行数，权重是总行数除以区间内的行数。',
    density: '梯度密度',
    weight: 'GHM-C 权重',
    cursor: 'GHM-C 区间。用方向键移动。',
    reading: (bin, count, density, weight) => `${bin}：${count}，密度 ${density}，权重 ${weight}`,
  },

  focal: {
    heading: 'Focal 损失与你的数据',
    about: '上图：一行的代价随其真实类别概率 p 的变化。下图：你有多少行落在那里。行最多的地方，focal 损失收取最少。',
    loss: '一行的损失',
    axis: '真实类别的概率 p',
    entropy: '交叉熵',
    focal: (gamma) => `focal 损失，γ = ${gamma}`,
    entropyAt: '区间中点的交叉熵',
    focalAt: (gamma) => `区间中点的 focal 损失，γ = ${gamma}`,
    cursor: '概率区间。用方向键移动。',
    bin: (from, to, last) => `${from} ≤ p ${last ? '≤' : '<'} ${to}`,
    reading: (bin, count, entropy, focal, gamma) => `${bin}：${count}；中点处交叉熵为 ${entropy}，focal 损失（γ = ${gamma}）为 ${focal}`,
  },

  lossDistribution: {
    heading: '各行的损失',
    about: '损失在各行之间如何分布。区间从左到右变宽：右边少数几行往往占了平均值的大部分。',
    axis: (title) => title,
    cursor: '损失区间。用方向键移动。',
    reading: (title, from, to, count) => (to === undefined ? `${title} ≥ ${from}：${count}` : `${title} 从 ${from} 到 ${to}：${count}`),
  },

  classBars: {
    heading: { binary: '逐个类别', multiClass: '逐个类别', multiLabel: '逐个标签', tokenClassification: '逐个类别' },
    about: '各类别并列，最大的在前。',
    measure: '指标',
    cut: (shown, all) => `这是 ${integer(all)} 个中的前 ${integer(shown)} 个；下方的表格列出全部。`,
    cursor: (measure) => `各类别的${measure}。用方向键移动。`,
    reading: (name, measure, value) => `${name}：${measure} ${value}`,
  },

  imbalance: {
    heading: { binary: '类别是否平衡', multiClass: '类别是否平衡', multiLabel: '标签是否平衡', tokenClassification: '类别是否平衡' },
    about: '各有多少行。对行求平均，大体上就是对最上面几个类别求平均。',
    ratio: (ratio) => `最常见类别的行数是最少见类别的 ${ratio} 倍。`,
    equal: '行数全都相同。',
    absent: (count) => `其中 ${integer(count)} 个一行也没有，不计在内。`,
  },

  confusion: {
    heading: '混淆矩阵',
    about: '每个真实类别一行，其中显示它的多少行被判为什么。颜色越浓，占该行的比例越大。',
    label: '真实类别',
    predicted: '预测类别',
    share: '占真实类别的比例',
    cursor: '真实类别与预测类别。用方向键在矩阵中移动。',
    reading: (label, predicted, count, share) => `${label} 被判为 ${predicted}：${count}，占 ${label} 的 ${share}`,
  },

  topConfusions: {
    heading: '最常见的混淆',
    about: (classes) => `最常被弄错的类别对。${integer(classes)} 个类别太多，画不成矩阵。`,
    cursor: '真实类别与预测类别的组合。方向键逐个移动。',
  },

  reliability: {
    heading: '可靠性',
    about: '在给定置信度的预测中，有多少是对的；圆点位于该区间的平均置信度处。低于虚线表示模型过于自信。',
    confidence: '平均置信度',
    accuracy: '准确率',
    axis: '置信度：预测类别的概率',
    cursor: '置信度区间。用方向键移动。',
    reading: (from, to, count, confidence, accuracy) => `置信度 ${from} 到 ${to}：${count}，置信 ${confidence}，正确 ${accuracy}`,
    ece: (ece) => `期望校准误差 ${ece}。`,
    temperature: (value, before, after, ece) => `把分数除以温度 ${value} 时对数损失最小：${after}，而不是 ${before}；校准误差为 ${ece}。`,
    take: (value) => `用温度 ${value} 计算`,
    undo: '恢复温度 1',
  },

  figure: {
    table: '显示为表格',
    tableOf: (heading) => `${heading}：表格`,
    download: '下载',
    hint: '指向图形或按方向键读取数值。',
    hintRows: '指向图形或按方向键读取数值。点击或按 Enter 显示对应的行。',
    nothing: '没有可显示的内容。',
    loading: '正在绘图…',
    failed: '无法取得绘图程序。下面的表格含有同样的数值。',
    more: (count) => `其余 ${integer(count)} 项在 CSV 中。`,
    filtered: (words) => `下方的行：${words}`,
    seeRows: '查看这些行',
  },

  rowsPanel: {
    heading: '行',
    about: '单独的行，以及模型给它们的结果。点击列头排序，用下面的字段筛选，在图中点击也可筛选。',
    aboutHardest: '损失最大的行。文件能放入内存时，可以查看所有的行。',
    which: '哪些行',
    kinds: { all: '按损失', labelErrors: '可能标错的行' },
    labelErrorsAbout:
      '模型认为属于另一类、且置信度不低于那一类自身各行平均值的行：请先检查它们的标签（confident learning：Northcutt、Jiang、Chuang，2021）。',
    noClass: '无',
    wrong: '（错误）',
    noLabelErrors: '没有看起来标错的行。',
    columns: {
      row: '行',
      line: '文本行',
      id: '编号',
      label: '真实类别',
      predicted: '预测类别',
      probability: '真实类别的概率',
      confidence: '置信度',
      loss: '损失',
      gradientNorm: '梯度范数',
    },
    filter: '显示哪些行',
    any: '任意',
    by: '范围',
    from: '从',
    to: '到（不含）',
    numberWanted: '请输入一个数',
    within: '范围适用于',
    withinMean: '各标签的平均值',
    withinAny: '任一标签',
    clear: '显示所有行',
    none: '没有这样的行。',
    range: (from, to, total) => `第 ${integer(from)} 到 ${integer(to)} 行，共 ${integer(total)} 行`,
    previous: '上一页',
    next: '下一页',
    save: (count) => `把 ${rows(count)}下载为 CSV`,
  },

  compare: {
    heading: (count) => `比较 ${count} 次运行`,
    about: '同样的行，同样的顺序。',
    working: '正在比较…',
    failed: '无法比较这些运行',
    sideBySide: '并列',
    sideBySideAbout: '每次运行的每个损失；较好的有标记。',
    measure: '指标',
    best: '（最好）',
    pairs: '差异',
    pairsAbout: '逐行相减，并给出区间：对行重采样（泊松自助法）100 次中有 95 次差异落在其中。',
    pair: '运行',
    difference: '差',
    interval: '95% 区间',
    verdict: '结论',
    better: (name) => `${name} 较好`,
    undecided: '可能是偶然',
    perClass: '逐个类别',
    perClassAbout: '每次运行中各类别的行的平均损失。最低的有标记，其余的注明高出多少。',
    disagreements: '分歧之处',
    disagreementsAbout: '各次运行预测不同的行，损失相差最大的在前。',
    noDisagreements: '所有运行对每一行的预测都相同。',
    lossOf: (loss) => `损失 ${loss}`,
  },

  share: {
    heading: '分享',
    about: '把结果存为文件，或用其他方式得到同样的数字。这些都不会发送任何数据。',
    json: '报告（JSON）',
    markdown: '存为 Markdown',
    html: '存为独立网页',
    link: '复制含这些设置的链接',
    linkAbout: '链接只含损失的参数，不含文件的任何内容：打开链接的人放入自己的文件。',
    madeBy: '由 Losskit 计算。损失为平均值，单位 nat。',
    asCode: '用代码得到同样结果',
    kinds: { command: '命令行', javascript: 'JavaScript', python: 'Python（PyTorch）' },
    copy: '复制',
    wasCopied: '已复制',
    copied: (what) => `已复制：${what}`,
    notCopied: '浏览器不允许复制。请选中文本后复制。',
    noPython: '分隔文本、.npz 文件和成对的 .npy 文件，没有略去的行时，有 Python 脚本。',
  },

  reading: {
    heading: '文件是如何读取的',
    about: '每一列被当作什么，以及为什么。不对吗？请在这里更改：文件会立即重新计算。',
    task: '任务',
    scores: '分数',
    label: '标签列',
    dialect: '格式',
    automatic: '自动',
    columns: ['列', '当作', '因为'],
    span: (first, last, count) => `${first} … ${last}（${count} 列）`,
    preview: (count) => `文件的前 ${rows(count)}`,
    use: (column, role) => `${column}：${role}`,
    dots: '点击圆点即可这样使用该列；用键盘时，方向键移动，回车键选择。',
    moreColumns: (count) => `另有 ${integer(count)} 列未显示。`,
    nameless: (index) => `第 ${index + 1} 列`,
  },
}
