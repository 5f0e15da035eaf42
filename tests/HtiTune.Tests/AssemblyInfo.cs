// One test at a time: on two cores parallel trainings only slow each other down, and TorchSharp frees implicitly converted scalars in
// finalizers, which a collection started by another test's thread can run while a native call still reads them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
