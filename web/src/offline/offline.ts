// The page kept for use without a network: its program only, never a file of a person.
import { signal } from '@preact/signals'

/** A newer version of the page that waits until the person takes it. */
const waiting = signal<ServiceWorker | undefined>(undefined)

export const hasUpdate = () => waiting.value !== undefined

function watch(registration: ServiceWorkerRegistration) {
  const look = () => {
    // Without a controller it is the first version, and no news.
    if (registration.waiting && navigator.serviceWorker.controller) waiting.value = registration.waiting
  }
  look()
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look))
}

export function keepForOffline(): void {
  if (!('serviceWorker' in navigator)) return
  // A browser that keeps nothing (private windows, full disks) shows the page all the same.
  navigator.serviceWorker.register(new URL('./service-worker.js', document.baseURI)).then(watch, () => {})
}

/** Shows the newer version; what the page holds is lost. */
export function takeUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  waiting.value?.postMessage('take over')
}
