// All words of the page come from here. Another language is another object of the same shape.
import { en } from './en'

export type Text = typeof en

export const text: Text = en
