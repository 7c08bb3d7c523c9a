export const help = `Usage: losskit <file> [options]

Losses of a file of predictions: delimited text (CSV, TSV, ...) with a column for the true class and one
column of scores (binary) or one for each class. What is not said is found out from the file and printed.

Options
  --task <name>             binary or multiClass
  --scores <kind>           logits, probabilities or logProbabilities
  --label <name>            the column with the true class
  --columns <a,b,...>       the score columns, in the order of the classes
  --classes <a,b,...>       the names of the classes, in the order of the score columns (binary: of 0 and 1)
  --header, --no-header     whether the first row holds names; without, columns are 'column 1', 'column 2', ...
  --delimiter <character>   between cells; 'tab' for a tab
  --ignore-index <label>    leave out rows with this label (default -100)
  --gamma <number>          of the focal losses (default 2)
  --alpha <number>          of the sigmoid focal loss, -1 for none (default 0.25)
  --bins <number>           of the GHM-C loss (default 10)
  --label-smoothing <e>     of the smoothed cross entropy (default 0.1)
  --json                    print the whole report as JSON; an infinite mean is the string "Infinity"
  --help, --version

Examples
  losskit digits_logits.csv
  losskit predictions.tsv --label truth --scores probabilities
  losskit scores.csv --columns p_spam --gamma 1.5 --json > report.json

Exit codes
  0  done    1  the file cannot be read or evaluated    2  wrong usage
`
