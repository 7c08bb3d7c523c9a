// The reader of Parquet, bundled into the package by the build.
export { parquetMetadataAsync, parquetRead } from 'hyparquet'
export { compressors } from 'hyparquet-compressors'
export { leafColumns, readLeafColumn } from './leafColumn.js'
