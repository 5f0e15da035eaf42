namespace HtiTune.Cli;

/// <summary>What the help says of objectives.</summary>
internal static class ObjectiveHelp
{
    internal const string Text =
        """
        An objective makes one number of the outputs for all contexts. It judges the real outputs at a trained λ and those of the surrogate at any
        other, which is why a preference can change without a training.

          column:NAME                         the mean of a column of the outputs, by its name or its number from 0. Write what you want to
                                              optimise into a column, one number a context, or a single number.
          command: PROGRAM … {outputs}        a program that prints one number, on its last line, for a .npy file of outputs. It is run for
                                              some thirty λ after each training; what it has said of the same outputs it is not asked again.
          command: PROGRAM … {list}           the same in one process: {list} names a text file, each line of it a .npy file of outputs, a tab
                                              and its λ; the program prints a number a line for each, in their order. In Python:
                                                for line in open(sys.argv[1]): print(score(numpy.load(line.split("\t")[0])))

          EXPRESSION                          one number made of columns, in double precision on the doubles of the file, e.g.
                                                mean(cost)
                                                0.7 * mean(cost) + 0.3 * cvar(latency, 0.9)
                                                quantile(abs(forecast - actual), 0.95)
                                                mean(cost * (age > 60)) / mean(age > 60)
                                                distance(outputs, 'target.npy')

        What an expression is made of; a column is one number for each context:
          cost  age  category  lambda         a column of the outputs or of the contexts by its name; the contexts' category; λ
          outputs[0]  contexts['age (years)'] the same by number from 0, or by a name that is no word
          outputs  contexts                   all columns, for accuracy and distance; the column where there is one
          + - * / ^   < <= > >= == !=   ( )   as usual, on numbers and columns; a comparison is 1 or 0
          abs sqrt exp log  if(c, a, b)       on numbers and columns; min(a, b, …) and max(a, b, …) too
          mean(a)  sum(a)  std(a)  var(a)  median(a)  min(a)  max(a)     one number of a column; std and var divide by n
          mean(a, weights)                    Σ w a / Σ w
          quantile(a, share)                  between neighbours linearly, as NumPy
          cvar(a, share)                      the mean of the greatest 1 − share of the values; cvar(-a, share) for the least
          pinball(forecast, target, share)    the mean quantile loss
          mse(a, b)  mae(a, b)                mean square and absolute difference
          accuracy(scores, label)             share of rows whose greatest column, counted from 0, is the label; of one column: that rounds to it
          distance(a, 'file')                 energy distance to a sample in a file, 2 E|X − Y| − E|X − X'| − E|Y − Y'|; of more than 2000 rows,
                                              2000 evenly spaced ones are used

        "goal" says whether less or more is better: minimize (the default) or maximize.
        """;
}
