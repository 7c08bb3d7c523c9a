import { openSample, sampleNames } from '../app/samples'
import { text } from '../text/text'

export function Samples() {
  return (
    <section class="samples" aria-labelledby="samples-heading">
      <h2 id="samples-heading" class="small-heading">
        {text.opening.orSample}
      </h2>
      <ul>
        {sampleNames.map((name) => (
          <li key={name}>
            <button type="button" class="sample" onClick={() => openSample(name)}>
              <span class="file-name">{name}</span>
              <span class="quiet">{text.samples.about[name]}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
