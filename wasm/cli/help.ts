export const help = `Usage: losskit <files> [options]

Losses of files of predictions: delimited text (CSV, TSV, ...) with a column for the true class and one
column of scores (binary) or one for each class. What is not said is found out from the file and printed.
The file '-' is the standard input.

What the file holds
  --task <name>             binary, multiClass, multiLabel or tokenClassification
  --scores <kind>           logits, probabilities or logProbabilities
  --label <name>            the column with the true class
  --targets <a,b,...>       or columns with a number from 0 to 1 for each class, in the order of the score columns
  --labels <file>           a file with the labels, where they are in one of their own: joined by id, else row by row
  --columns <a,b,...>       the score columns, in the order of the classes
  --classes <a,b,...>       the names of the classes, in the order of the score columns (binary: of 0 and 1)
  --id <name>               the column with the names of the rows; '' where none has
  --weight <name>           the column with the weights of the rows; '' where all count the same
  --header, --no-header     whether the first row holds names; without, columns are 'column 1', 'column 2', ...
  --delimiter <character>   between cells; 'tab' for a tab
  --member <key>            of a JSON object with several arrays of rows, the one to read
  --ignore-index <label>    leave out rows with this label (default -100)
  --precision <p>           float32 (default), or float64: scores are read and losses worked in double
  --missing <what>          where a value is missing: 'error' (default), or 'leave-out' the row and count it

Losses
  --gamma <number>          of the focal losses (default 2)
  --gammas <a,b,...>        more of them (default 0.5,1,2,5)
  --alpha <number>          of the sigmoid focal loss, -1 for none (default 0.25)
  --bins <number>           of the GHM-C loss (default 10)
  --momentum <number>       of the GHM-C loss, the file being the first batch (default 0)
  --label-smoothing <e>     of the smoothed cross entropy (default 0.1)
  --class-weight <w>        of the weighted cross entropy: balanced (default), effective, complement, or a,b,... for each class
  --temperature <number>    divides the logits (default 1)
  --renormalise             rescales the probabilities of a row to sum 1
  --eps <number>            probabilities count as at least this, and at most as 1 minus it (default 0)

What is printed
  --loss <key,...>          these losses alone; --json has their keys
  --by-class                the losses of each class, and which classes are taken for which
  --hardest <k>             the k rows with the greatest loss, and likely label errors
  --compare <file>          another run on the same rows: differences with 95 % intervals; repeatable, up to 5 runs in all.
                            With --by-class those of each class, with --hardest the rows the runs disagree on; a file of
                            --labels is for all runs
  --json                    the whole report; an infinite mean is the string "Infinity"; of several files an array
  --markdown                tables
  --junit                   XML for build servers, a test case for each --fail-if and file
  --fail-if <condition>     exit with 3 where it holds, as in 'crossEntropy>0.4', 'accuracy<90%' or, of the class
                            cat alone, 'accuracy.cat<0.9'; repeatable
  --workers <n>             threads that read a large file (default: as many as the machine has, up to 4)
  --help, --version

Examples
  losskit digits_logits.csv --by-class
  losskit predictions.tsv --label truth --scores probabilities
  losskit scores.csv --columns p_spam --gamma 1.5 --json > report.json
  losskit old.csv --compare new.csv --by-class
  losskit old.npy --compare new.npy --labels labels.npy --hardest 20
  zcat predictions.csv.gz | losskit - --hardest 10
  losskit valid.csv test.csv --junit --fail-if 'crossEntropy>0.4' --fail-if 'accuracy<0.9' > losses.xml

Exit codes
  0    done
  1    a file cannot be read or evaluated
  2    wrong usage
  3    a condition of --fail-if holds
  130  interrupted
`
