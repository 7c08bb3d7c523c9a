import { useEffect } from 'preact/hooks'
import { Guide } from '../panels/Guide'
import { Opening } from '../panels/Opening'
import { Privacy } from '../panels/Privacy'
import { ProblemPanel } from '../panels/ProblemPanel'
import { Result } from '../panels/Result'
import { Samples } from '../panels/Samples'
import { text } from '../text/text'
import { Announcer } from './announcer'
import { DropAnywhere } from './DropAnywhere'
import { Header } from './Header'
import { problem, run } from './session'

export function App() {
  const shown = run.value
  const failed = problem.value
  const fileName = shown?.report.files[0]?.name
  useEffect(() => {
    document.title = text.title(fileName)
  }, [fileName])
  return (
    <>
      <a class="skip" href="#content">
        {text.skip}
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        {failed && <ProblemPanel problem={failed} hasResult={shown !== undefined} />}
        {shown ? <Result run={shown} /> : <Opening />}
        <div class="beginnings">
          <Privacy />
          <Samples />
        </div>
        <Guide />
      </main>
      <Announcer />
      <DropAnywhere />
    </>
  )
}
