import { render } from 'preact'
import { App } from './app/App'
import './styles/base.css'
import './styles/opening.css'
import './styles/result.css'
import './styles/tables.css'
import './styles/charts.css'

const place = document.getElementById('app')
if (place) render(<App />, place)
