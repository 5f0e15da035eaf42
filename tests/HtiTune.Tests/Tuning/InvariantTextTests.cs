using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using HtiTune.Data;

namespace HtiTune.Tests.Tuning;

/// <summary>Records and messages of the library are the same under every locale.</summary>
public class InvariantTextTests
{
    [Fact]
    public void Records_and_messages_have_decimal_points_under_every_culture()
    {
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = comma;
        try
        {
            var trial = new Trial { Number = 1, Configuration = new("x", 0.5), State = TrialState.Completed, Reason = "initial", Value = 1.25 };
            Assert.Contains("Lambda = 0.5, State = Completed", trial.ToString(), StringComparison.Ordinal);
            Assert.Contains("Value = 1.25", trial.ToString(), StringComparison.Ordinal);
            Outcome outcome = new Certified(0.5, 0.05, 0.975, 3);
            Assert.Equal("Certified { Epsilon = 0.5, Delta = 0.05, Probability = 0.975, Trainings = 3, IsExhaustive = False }", outcome.ToString());
            Assert.Contains("Lambda = 0.25", new TrainingRequest(0.25, 7).ToString(), StringComparison.Ordinal);
            Assert.Equal("x in [0.5, 1.5], linear", Hyperparameter.Continuous("x", 0.5, 1.5).ToString());
            Assert.Contains("x = 2.5; expected 0.5 to 1.5", Assert.Throws<ArgumentOutOfRangeException>(
                () => Hyperparameter.Continuous("x", 0.5, 1.5).Require(2.5)).Message, StringComparison.Ordinal);
            Assert.Equal("0,5", $"{0.5}");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Every_public_record_of_the_tuner_that_holds_a_number_prints_it_so()
    {
        var records = typeof(Trial).Assembly.GetExportedTypes()
            .Where(type => type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is not null)
            .Where(type => type.GetProperties().Any(property => property.PropertyType == typeof(double) || property.PropertyType == typeof(double?))).ToList();
        Assert.InRange(records.Count, 20, 200);
        Assert.Equal([], records.Where(type =>
            type.GetMethod("ToString", Type.EmptyTypes)!.GetCustomAttribute<CompilerGeneratedAttribute>() is not null).Select(type => type.Name));
    }
}
