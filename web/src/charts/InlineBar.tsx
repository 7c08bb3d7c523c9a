/** A bar inside a cell that also holds its number; decoration for a screen reader. */
export function InlineBar({ value, full }: { value: number | null; full: number }) {
  const share = value === null || full <= 0 ? 0 : Math.min(1, value / full)
  return (
    <svg class="inline-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="4" />
      <rect class="bar" width={100 * share} height="4" />
    </svg>
  )
}
