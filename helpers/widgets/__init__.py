"""What a learner clicks and watches. Each takes the learner's own functions: the AWS call stands in the notebook."""
