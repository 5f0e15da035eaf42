namespace HtiTune.Data;

/// <summary>What a hyperparameter is set to: a number, or the word of a category.</summary>
public readonly struct HyperparameterValue : IEquatable<HyperparameterValue>
{
    private readonly double _number;
    private readonly string? _word;

    private HyperparameterValue(double number, string? word) => (_number, _word) = (number, word);

    /// <summary>Whether it is a number, and no word.</summary>
    public bool IsNumber => _word is null;

    /// <summary>The number.</summary>
    /// <exception cref="InvalidOperationException">It is a word.</exception>
    public double Number => IsNumber ? _number : throw new InvalidOperationException($"The value is '{_word}'; expected a number.");

    /// <summary>The word.</summary>
    /// <exception cref="InvalidOperationException">It is a number.</exception>
    public string Word => _word ?? throw new InvalidOperationException($"The value is {this}; expected a word.");

    /// <summary>A number as a value.</summary>
    /// <param name="number">The number.</param>
    public static HyperparameterValue FromDouble(double number) => new(number, null);

    /// <summary>A word as a value.</summary>
    /// <param name="word">The word.</param>
    public static HyperparameterValue FromString(string word) => new(0, word ?? throw new ArgumentNullException(nameof(word)));

    /// <summary>The number.</summary>
    public double ToDouble() => Number;

    /// <summary>A number as a value.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator HyperparameterValue(double number) => FromDouble(number);

    /// <summary>A word as a value.</summary>
    /// <param name="word">The word.</param>
    public static implicit operator HyperparameterValue(string word) => FromString(word);

    /// <summary>The number of a value.</summary>
    /// <param name="value">A value that is a number.</param>
    public static implicit operator double(HyperparameterValue value) => value.Number;

    /// <summary>Whether both are the same number, or the same word.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(HyperparameterValue left, HyperparameterValue right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(HyperparameterValue left, HyperparameterValue right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(HyperparameterValue other) => _word == other._word && _number.Equals(other._number);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is HyperparameterValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_number, _word);

    /// <summary>The word, or the number to its last bit, with a decimal point under every locale.</summary>
    public override string ToString() => _word ?? _number.ToString("R", CultureInfo.InvariantCulture);
}
