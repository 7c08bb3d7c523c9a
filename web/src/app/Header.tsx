import { Working } from '../panels/Working'
import { type Language, languageNow, languages, speak, text } from '../text/text'
import { settingsInAddress, writeAddress } from './address'
import { chooseFiles } from './chooser'
import { problems, run } from './session'

const others = () => (Object.keys(languages) as Language[]).filter((language) => language !== languageNow())

async function change(language: Language) {
  await speak(language)
  writeAddress(run.value?.settings ?? settingsInAddress())
}

export function Header() {
  return (
    <header class="header">
      <div class="header-row">
        <p class="wordmark">
          <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <path d="M2 1.500C2.500 10.500 6 17.500 18.500 18" />
          </svg>
          {text.name}
        </p>
        <p class="header-tools">
          <a class="plain" href="docs/index.html">
            {text.documentation}
          </a>
          {others().map((language) => (
            <button key="language" type="button" class="plain" lang={language} onClick={() => change(language)}>
              {languages[language]}
            </button>
          ))}
          {(run.value || problems.value.length > 0) && (
            <button type="button" class="button" onClick={() => chooseFiles()}>
              {text.opening.another}
            </button>
          )}
        </p>
      </div>
      <Working />
    </header>
  )
}
