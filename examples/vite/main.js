import { load } from 'losskit'

const probabilities = [0.1, 0.3, 0.5, 0.7, 0.9]
// sigmoid(x) = p
const logits = probabilities.map((p) => Math.log(p / (1 - p)))
const targets = probabilities.map(() => 1)

const nn = await load()
const range = document.querySelector('input')

function show() {
  const losses = nn.sigmoidFocalLoss({ gamma: Number(range.value), alpha: -1, reduction: 'none' }).forward(logits, targets)
  const rows = probabilities.map((p, i) => {
    const row = document.createElement('tr')
    for (const value of [p.toFixed(1), losses.data[i].toFixed(4)]) row.insertCell().textContent = value
    return row
  })
  document.querySelector('tbody').replaceChildren(...rows)
}

range.addEventListener('input', show)
show()
