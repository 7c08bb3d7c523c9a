import { isComparing, run, runs } from '../app/session'
import { fetchPlotting } from '../charts/Figure'
import { Comparing } from './Comparing'
import { Result } from './Result'
import { Runs } from './Runs'
import '../styles/result.css'
import '../styles/charts.css'
import '../styles/preview.css'
import '../styles/rows.css'

export { fetchPlotting }

/** All that came out, of one run or of several. */
export function Results() {
  const shown = run.value
  return (
    <>
      <Runs />
      {isComparing.value && runs.value.length > 1 ? <Comparing /> : shown && <Result run={shown} />}
    </>
  )
}
