from django.urls import path
from overview.views import show

urlpatterns = [path("overview", show)]
