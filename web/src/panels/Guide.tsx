import { text } from '../text/text'
import { Scroll } from './Scroll'

/** Which activation and loss belong to which task. */
export function Guide() {
  const { guide } = text
  const [, activation, loss, balance, file] = guide.columns
  return (
    <section class="guide" aria-labelledby="guide-heading">
      <h2 id="guide-heading" class="small-heading">
        {guide.heading}
      </h2>
      <Scroll label={text.figure.tableOf(guide.heading)}>
        <table class="stacking headed">
          <thead>
            <tr>
              {guide.columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {guide.rows.map((row) => (
              <tr key={row.task}>
                <th scope="row">
                  {row.task}
                  <span class="quiet">{row.when}</span>
                </th>
                <td data-head={activation}>{row.activation}</td>
                <td data-head={loss}>{row.loss}</td>
                <td data-head={balance}>{row.balance}</td>
                <td data-head={file}>{row.file ? <pre>{row.file}</pre> : <span class="quiet">{guide.noFile}</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  )
}
