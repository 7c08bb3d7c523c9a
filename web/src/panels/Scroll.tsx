import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

interface Props {
  /** Names the place for those who reach it with the keyboard. */
  label: string
  class?: string
  children: ComponentChildren
}

/** Scrolls what is too wide; only then it is a stop of the Tab key, from which the arrow keys scroll. */
export function Scroll({ label, class: extra = '', children }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const [scrolls, setScrolls] = useState(false)
  useLayoutEffect(() => {
    const element = place.current
    if (!element) return
    const look = () => setScrolls(element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight)
    look()
    const observer = new ResizeObserver(look)
    observer.observe(element)
    for (const child of element.children) observer.observe(child)
    return () => observer.disconnect()
  }, [])
  const reachable = scrolls ? { tabIndex: 0, role: 'region' as const, 'aria-label': label } : {}
  return (
    <div class={`scroll ${extra}`} ref={place} {...reachable}>
      {children}
    </div>
  )
}
