namespace HtiTune.Cli;

/// <summary><c>htitune check</c>: whether a study file is right.</summary>
internal static class CheckCommand
{
    internal static Command Create()
    {
        var study = CommonOptions.Study();
        var command = new Command("check", "Check a study file, its command, contexts and objective. All faults come in one list, each with its line.\n\nExample:\n  htitune check study.json")
        {
            study,
        };
        command.Do(result =>
        {
            var specification = StudyLocator.ReadChecked(result.GetValue(study));
            foreach (var warning in StudyCheck.Warnings(specification))
            {
                Terminal.Warn(warning);
            }

            Terminal.Say($"{specification.File} is right: {specification.Space}, at most {Amount.Trainings(specification.Trainings)}, {specification.Objective}");
            Terminal.Next(Advice.DryRun, new AdvicePlace { Study = specification });
            return ExitCode.Done;
        });
        return command;
    }
}
