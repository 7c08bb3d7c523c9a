// One process: milliseconds of importing the package and of load() with a first loss, of the variant it is told.
const begin = performance.now()
const { load } = await import('../../../dist/index.js')
const imported = performance.now()
const nn = await load({ variant: process.argv[2] })
const loss = nn.crossEntropyLoss().forward({ data: Float32Array.of(1, 2, 3), shape: [1, 3] }, [2])
const end = performance.now()
if (!(Math.abs(loss - 0.40760596444438) < 1e-6)) throw new Error(`the first loss is ${loss}`)
process.send([imported - begin, end - imported])
