import { evaluate } from 'losskit/evaluate'

const output = document.querySelector('output')

document.querySelector('input').addEventListener('change', async ({ target }) => {
  try {
    const report = await evaluate(target.files[0])
    output.textContent = report.losses.map(({ title, mean }) => `${title}: ${mean?.toFixed(6) ?? 'none'}`).join('\n')
  } catch (error) {
    output.textContent = error.message
  }
})
