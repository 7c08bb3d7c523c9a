// The few pieces of MathML that the formulas are made of.
import type { ComponentChildren } from 'preact'

type Part = ComponentChildren

export const i = (name: string) => <mi>{name}</mi>
export const n = (number: string | number) => <mn>{number}</mn>
export const o = (operator: string) => <mo>{operator}</mo>
export const row = (...parts: Part[]) => <mrow>{parts}</mrow>
export const frac = (above: Part, below: Part) => (
  <mfrac>
    <mrow>{above}</mrow>
    <mrow>{below}</mrow>
  </mfrac>
)
export const sub = (base: Part, index: Part) => (
  <msub>
    {base}
    <mrow>{index}</mrow>
  </msub>
)
export const sup = (base: Part, exponent: Part) => (
  <msup>
    {base}
    <mrow>{exponent}</mrow>
  </msup>
)
export const sum = (index: Part) => (
  <munder>
    <mo>∑</mo>
    <mrow>{index}</mrow>
  </munder>
)
/** As a string: Preact leaves out an attribute whose value is false. */
const unstretched: object = { stretchy: 'false' }

export const braces = (...parts: Part[]) => (
  <mrow>
    <mo {...unstretched}>(</mo>
    {parts}
    <mo {...unstretched}>)</mo>
  </mrow>
)
export const thin = () => <mspace width="0.17em" />
export const log = (...parts: Part[]) => (
  <mrow>
    {thin()}
    <mi>log</mi>
    <mo>&#x2061;</mo>
    {thin()}
    {parts}
  </mrow>
)

export const Formula = ({ children }: { children: Part }) => <math displaystyle>{children}</math>
