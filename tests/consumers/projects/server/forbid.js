// Loaded before the page: whatever a browser has and a server may lack fails when it is touched.
const missing = ['WebAssembly', 'Worker', 'fetch', 'File', 'Blob', 'atob', 'document', 'window', 'navigator', 'location', 'self']
for (const name of missing) {
  Object.defineProperty(globalThis, name, {
    get() {
      throw new ReferenceError(`${name} is not defined on this server`)
    },
  })
}
