from .early_exercise import EarlyExercise as EarlyExercise
from .early_exercise import early_exercise as early_exercise
from .implied_vol import american_implied_vol as american_implied_vol
from .pricing import american as american
