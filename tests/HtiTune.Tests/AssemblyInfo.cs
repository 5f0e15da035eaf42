// One class after the other, until a run of all of them beside each other has been seen to end on two cores.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
