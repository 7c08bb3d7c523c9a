/** Brings a heading into sight and the focus to it, without touching the address, which holds settings. */
export function goTo(id: string): void {
  const heading = document.getElementById(id)
  if (!heading) return
  heading.tabIndex = -1
  heading.scrollIntoView({ block: 'start', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' })
  heading.focus({ preventScroll: true })
}
