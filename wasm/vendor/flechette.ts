// The reader of Arrow, bundled into the package by the build, with the codecs that its buffers may be packed with.
import { CompressionType, setCompressionCodec } from '@uwdata/flechette'
import { decompressZstd } from 'hyparquet-compressors'
import { unpackLz4Frame } from './lz4Frame.js'

const readOnly = () => {
  throw new Error('nothing is written')
}

setCompressionCodec(CompressionType.LZ4_FRAME, { encode: readOnly, decode: unpackLz4Frame })
setCompressionCodec(CompressionType.ZSTD, { encode: readOnly, decode: (bytes) => decompressZstd(bytes) })

export { tableFromIPC } from '@uwdata/flechette'
export { piecesOf } from './batches.js'
