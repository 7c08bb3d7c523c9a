// A page rendered on a server whose runtime has none of these: importing the package touches nothing.
import { render } from './page.js'

console.log(JSON.stringify(render()))
