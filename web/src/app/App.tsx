import { useEffect } from 'preact/hooks'
import { Guide } from '../panels/Guide'
import { Opening } from '../panels/Opening'
import { Privacy } from '../panels/Privacy'
import { Problems } from '../panels/ProblemPanel'
import { Samples } from '../panels/Samples'
import { Shown } from '../panels/Shown'
import { Update } from '../panels/Update'
import { text } from '../text/text'
import { Announcer } from './announcer'
import { DropAnywhere } from './DropAnywhere'
import { Header } from './Header'
import { run } from './session'

export function App() {
  const shown = run.value
  const title = text.title(shown?.name)
  useEffect(() => {
    document.title = title
  }, [title])
  return (
    <>
      <a class="skip" href="#content">
        {text.skip}
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        <Update />
        <Problems />
        {shown ? <Shown /> : <Opening />}
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
